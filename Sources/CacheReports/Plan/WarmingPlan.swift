public import CachePrices
public import PromptCache
public import WarmingPolicies

/// Whether warming is worth it for recorded traffic, and how: each policy replayed over it, and what follows.
public struct WarmingPlan: Sendable {
    /// A policy and what it would have cost.
    public struct Row: Sendable {
        public var policy: WarmPolicy
        /// For what requests are marked; nil for not at all.
        public var lifetime: Lifetime?
        public var result: SimulationResult

        /// The policy's name, and the lifetime where that says nothing of it.
        public var name: String {
            policy.lifetime == nil ? lifetime.map { "\(policy), \($0.rawValue)" } ?? policy.name : policy.name
        }
    }

    /// What is known of the traffic besides its requests.
    public struct Traffic: Sendable {
        public var trace: Trace
        public var ratios: PriceRatios
        /// The model, and what a token costs; nil where only tokens are known.
        public var model: ModelID?
        public var inputPrice: USD?
        /// The shortest prefix that the model caches.
        public var minimumTokens: Int

        public init(
            trace: Trace, ratios: PriceRatios, model: ModelID? = nil, inputPrice: USD? = nil, minimumTokens: Int = 0
        ) {
            self.trace = trace
            self.ratios = ratios
            self.model = model
            self.inputPrice = inputPrice
            self.minimumTokens = minimumTokens
        }

        /// Money for tokens at the input price; nil where no price is known.
        public func money(_ tokens: Double) -> USD? {
            inputPrice.map { $0 * Int(max(-1e15, min(1e15, tokens)).rounded()) }
        }
    }

    public let traffic: Traffic
    public let facts: TrafficFacts
    /// The policies in the order of ``contenders``; those that take any lifetime once for each.
    public let rows: [Row]
    /// The least that could have been paid.
    public let optimum: SimulationResult
    public let advice: PlanAdvice

    /// What is compared.
    public static let contenders = [
        "uncached", "off@5m", "off@1h", "idle:2@5m", "break-even@5m", "idle:1@1h", "every:240s@5m", "adaptive",
    ]

    /// Replays the traffic under each policy.
    ///
    /// - Parameter progress: told now and then which share is done.
    public init(_ traffic: Traffic, progress: (Double) -> Void = { _ in }) {
        self.traffic = traffic
        facts = TrafficFacts(traffic.trace, traffic.ratios)
        // Whoever sends the requests marks them, so a policy that takes any lifetime has to live with either.
        let policies = Self.contenders.compactMap { try? WarmPolicy($0) }.flatMap { policy in
            policy.isAdaptive ? Lifetime.allCases.map { (policy, Optional($0)) } : [(policy, policy.lifetime)]
        }
        rows = policies.enumerated().map { index, contender in
            let (policy, lifetime) = contender
            let simulation = Simulation(traffic.trace, prices: traffic.ratios, lifetime: lifetime)
            return Row(
                policy: policy, lifetime: lifetime,
                result: simulation.run(policy) { progress((Double(index) + $0) / Double(policies.count)) })
        }
        optimum = Clairvoyant.optimum(traffic.trace, prices: traffic.ratios)
        advice = PlanAdvice(facts, rows, minimumTokens: traffic.minimumTokens)
    }

    /// The row of that name.
    public func row(_ name: String) -> Row? { rows.first { $0.name == name } }
}
