public import CachePrices
import OrderedJSON
import PromptCache
public import WarmingPolicies

/// What to warm, when, and for how much.
public struct WarmupConfig: Sendable {
    /// What the scope is called in ticks, logs and metrics.
    public var name: String
    /// The prompt.
    public var prompt: Prompt
    /// When to ping.
    public var rhythm: Rhythm
    /// How many breakpoints to place besides those that the prompt bears; 0 to 4 in all.
    public var breakpoints: Int
    /// Headers that the real traffic sends and that decide over the cache, for example `anthropic-beta`.
    public var headers: [WarmHeader]
    /// Whether a miss is confirmed by one more ping at once.
    public var verify: Bool
    /// What all pings may cost.
    public var budget: Budget
    /// What tokens cost. A model without a price is never warmed.
    public var prices: PriceList
    /// Called with every finished or refused ping, in order; keep it short.
    public var onTick: (@Sendable (Tick) -> Void)?

    /// The article's shape: a model and the shared part of its prompt.
    ///
    /// - Parameters:
    ///   - name: what the scope is called in ticks, logs and metrics.
    ///   - model: the id that the real traffic uses, in the same spelling.
    ///   - tools: exactly those of the real traffic, in the same order.
    ///   - system: the system prompt.
    ///   - messages: the shared beginning of conversations, if there is one.
    ///   - breakpoints: how many breakpoints to place besides those that the blocks bear.
    ///   - interval: the time between the starts of two pings; shorter than the lifetime of the last breakpoint.
    ///   - headers: headers of the real traffic that decide over the cache, for example `anthropic-beta`.
    ///   - verify: whether a miss is confirmed by one more ping at once.
    ///   - budget: what all pings may cost; one dollar a day unless told otherwise.
    ///   - prices: what tokens cost.
    ///   - onTick: called with every finished or refused ping.
    public init(
        name: String = "prompt", model: String, tools: [ToolDefinition] = [], system: [SystemBlock] = [],
        messages: [PromptMessage] = [], breakpoints: Int = 0, interval: Duration, headers: [WarmHeader] = [],
        verify: Bool = true, budget: Budget = .standard, prices: PriceList = .builtIn,
        onTick: (@Sendable (Tick) -> Void)? = nil
    ) {
        self.init(
            name: name, prompt: Prompt(model: model, tools: tools, system: system, messages: messages),
            rhythm: .interval(interval), breakpoints: breakpoints, headers: headers, verify: verify, budget: budget,
            prices: prices, onTick: onTick)
    }

    /// The same with a policy in the place of an interval.
    public init(
        name: String = "prompt", model: String, tools: [ToolDefinition] = [], system: [SystemBlock] = [],
        messages: [PromptMessage] = [], breakpoints: Int = 0, policy: WarmPolicy, headers: [WarmHeader] = [],
        verify: Bool = true, budget: Budget = .standard, prices: PriceList = .builtIn,
        onTick: (@Sendable (Tick) -> Void)? = nil
    ) {
        self.init(
            name: name, prompt: Prompt(model: model, tools: tools, system: system, messages: messages),
            rhythm: .policy(policy), breakpoints: breakpoints, headers: headers, verify: verify, budget: budget,
            prices: prices, onTick: onTick)
    }

    /// Any request body: thinking, effort, tool choice and everything else as the real traffic sends it.
    public init(
        name: String = "prompt", prompt: Prompt, rhythm: Rhythm, breakpoints: Int = 0, headers: [WarmHeader] = [],
        verify: Bool = true, budget: Budget = .standard, prices: PriceList = .builtIn,
        onTick: (@Sendable (Tick) -> Void)? = nil
    ) {
        self.name = name
        self.prompt = prompt
        self.rhythm = rhythm
        self.breakpoints = breakpoints
        self.headers = headers
        self.verify = verify
        self.budget = budget
        self.prices = prices
        self.onTick = onTick
    }

    /// When to ping.
    public enum Rhythm: Sendable, Hashable {
        /// For ever, this long after the start of the last touch.
        case interval(Duration)
        /// As a policy says.
        case policy(WarmPolicy)
    }

    /// The shared part of a request as bytes.
    public struct Prompt: Sendable {
        let bytes: [UInt8]

        /// A body of `/v1/messages`; `messages` and `max_tokens` may be missing.
        public init(body: [UInt8]) { bytes = body }

        /// A prompt of a model, tools, system and messages.
        public init(
            model: String, tools: [ToolDefinition] = [], system: [SystemBlock] = [], messages: [PromptMessage] = []
        ) {
            var members = [#""model":\#(String(decoding: model.jsonLiteral, as: UTF8.self))"#]
            func add(_ name: String, _ elements: [String]) {
                if !elements.isEmpty { members.append(#""\#(name)":[\#(elements.joined(separator: ","))]"#) }
            }
            add("tools", tools.map(\.json))
            add("system", system.map(\.json))
            add("messages", messages.map(\.json))
            bytes = Array("{\(members.joined(separator: ","))}".utf8)
        }
    }
}

extension WarmupConfig {
    /// The scope that it describes.
    ///
    /// - Throws: ``ScopeFault`` if its breakpoints or its interval are wrong.
    func scope() throws(ScopeFault) -> WarmScope {
        do {
            let request = try MessagesRequest(prompt.bytes)
            let body = try request.placingBreakpoints(breakpoints, rules: CacheRules(for: request.model))
            let lifetime = try MessagesRequest(body).breakpoints.last?.lifetime ?? .fiveMinutes
            let policy =
                switch rhythm {
                case .policy(let policy): policy
                case .interval(let interval): try WarmPolicy.every(interval, lifetime: lifetime)
                }
            return WarmScope(name: name, body: body, policy: policy, headers: headers, verifies: verify)
        } catch {
            throw ScopeFault(scope: name, reason: String(describing: error))
        }
    }
}
