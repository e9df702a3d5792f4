import OrderedJSON
import SteppedTime
import Synchronization

/// The emulated provider without its wire: everything it knows, and what it decides about a request.
final class Provider: Sendable {
    /// A finished or refused request, to be read back.
    struct Record: Sendable {
        var id: String
        var at: Duration
        var workspace: String
        var path: String
        var status: Int
        var usage: EmulatedUsage
        /// What the faults that struck it did.
        var faults: [String] = []
        /// As received; dropped from older records.
        var body: [UInt8]
        var headers: [(String, String)]
    }

    /// What a request of `/v1/messages` leads to, as decided when it starts.
    struct Decision: Sendable {
        var delay: Duration = .zero
        var cut: FaultPlan.Fault.Cut?
        var streamError: String?
        var faults: [String] = []
        var limitHeaders: [(String, String)] = []
        var answer: Result<Answer, APIError>
    }

    struct Answer: Sendable {
        var id: String
        var request: EmulatedRequest
        var owner: CacheTable.Owner
        var plan: CacheTable.Plan
        var words: [String]
        var trace: Diagnostics.Trace?
        var diagnostics: JSONOutput?
        var thread: String?
    }

    private struct State {
        var table = CacheTable()
        var faults = FaultPlan()
        var limits: EmulatedLimits
        var rates = RateLimits()
        var diagnostics = Diagnostics()
        var threads = Threads()
        var random: SeededRandom
        var records: [Record] = []
        var bills: [String: Bill] = [:]
        var nextID = 1
        var began = 0
        var sweptAt = Duration.zero

        init(_ configuration: EmulatorConfiguration) {
            limits = configuration.limits
            random = SeededRandom(seed: configuration.seed)
        }

        mutating func newID(_ prefix: String) -> String {
            defer { nextID += 1 }
            let digits = String(nextID)
            return prefix + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        }
    }

    struct Bill: Sendable {
        var requests = 0
        var usage = EmulatedUsage()
    }

    private let state: Mutex<State>
    private let configuration: EmulatorConfiguration

    init(_ configuration: EmulatorConfiguration) {
        self.configuration = configuration
        state = Mutex(State(configuration))
    }

    func newID(_ prefix: String) -> String { state.withLock { $0.newID(prefix) } }

    /// Decides about a request at its start.
    func begin(_ body: [UInt8], from caller: Caller, now: Duration) -> Decision {
        do throws(APIError) {
            var whole = body
            let wish = try Threads.Wish(body)
            if let wish {
                whole = try state.withLock { state throws(APIError) in try state.threads.whole(body, wish) }
            }
            let request = try EmulatedRequest(whole)
            let hashes = PromptHashes(request, betas: caller.betas)
            return state.withLock { decide(request, hashes, caller, wish, now, &$0) }
        } catch {
            return Decision(answer: .failure(error))
        }
    }

    private func decide(
        _ request: EmulatedRequest, _ hashes: PromptHashes, _ caller: Caller, _ wish: Threads.Wish?, _ now: Duration,
        _ state: inout State
    ) -> Decision {
        state.began += 1
        let owner = CacheTable.Owner(workspace: caller.workspace, model: request.model, region: caller.region)
        var decision = Decision(answer: .failure(.status(500)))
        do throws(APIError) {
            try state.rates.admit(owner, state.limits, now: now)
        } catch {
            decision.answer = .failure(error)
            decision.limitHeaders = state.rates.headers(owner, state.limits, now: now)
            return decision
        }
        let faults = state.faults.strike(workspace: caller.workspace, maxTokens: request.maxTokens, &state.random)
        decision.faults = faults.flatMap(\.effects)
        decision.delay = faults.reduce(.zero) { $0 + $1.delay }
        decision.cut = faults.compactMap(\.cut).first
        decision.streamError = faults.compactMap(\.streamError).first
        if faults.contains(where: \.evicts) { state.table.evict(hashes, of: owner) }
        if let error = refusal(faults) {
            decision.answer = .failure(error)
            // A refusal takes its time too, where latency does not go by tokens.
            if case .logNormal = configuration.latency {
                decision.delay += configuration.latency.delay(EmulatedUsage(), &state.random)
            }
        } else {
            let answer = answer(request, hashes, owner, wish, faults, now, &state)
            decision.delay += configuration.latency.delay(answer.plan.usage, &state.random)
            decision.answer = .success(answer)
        }
        decision.limitHeaders = state.rates.headers(owner, state.limits, now: now)
        return decision
    }

    private func refusal(_ faults: [FaultPlan.Fault]) -> APIError? {
        if let status = faults.compactMap(\.refusesZero).first { return Self.refusedZero(status) }
        return faults.first { $0.status != nil }.map { .status($0.status ?? 500, retryAfter: $0.retryAfter) }
    }

    private func answer(
        _ request: EmulatedRequest, _ hashes: PromptHashes, _ owner: CacheTable.Owner, _ wish: Threads.Wish?,
        _ faults: [FaultPlan.Fault], _ now: Duration, _ state: inout State
    ) -> Answer {
        var rules = CacheBehaviour()
        rules.downgradesHour = faults.contains(where: \.downgradesHour)
        rules.hourModel = faults.compactMap(\.hourModel).last ?? .segment
        rules.unrefreshed = faults.compactMap(\.unrefreshed).last
        rules.separatesLifetimes = faults.contains(where: \.separatesLifetimes)
        rules.minimumTokens = faults.compactMap(\.minimumTokens).last
        rules.readableAfter = faults.compactMap(\.readableAfter).last ?? .zero
        rules.held5m = faults.compactMap(\.held5m).last
        rules.refreshesEarlierBreakpoints = configuration.refreshesEarlierBreakpoints
        if now - state.sweptAt > .seconds(3600) {
            state.table.sweep(at: now)
            state.sweptAt = now
        }
        var plan = state.table.begin(request, hashes: hashes, owner: owner, now: now, rules: rules)
        let words = Self.words(request)
        plan.usage.output = words.count
        state.rates.book(plan.usage, owner)
        var answer = Answer(id: state.newID("msg_emu"), request: request, owner: owner, plan: plan, words: words)
        if let diagnostics = request.root["diagnostics"], diagnostics.kind == .object {
            let trace = Diagnostics.Trace(request, hashes)
            answer.trace = trace
            answer.diagnostics =
                diagnostics["previous_message_id"]?.string.map {
                    state.diagnostics.reason(for: trace, previous: $0, read: plan.usage.read)
                } ?? .null
        }
        switch wish {
        case .start: answer.thread = state.newID("thread_emu")
        case .goOn(let id): answer.thread = id
        case nil: break
        }
        return answer
    }

    /// The response begins.
    func commit(_ answer: Answer, now: Duration) {
        state.withLock { state in
            state.table.commit(answer.plan, owner: answer.owner, now: now)
            if let trace = answer.trace { state.diagnostics.keep(trace, as: answer.id) }
            if let thread = answer.thread {
                state.threads.keep(thread, answer.request, answer: answer.words.joined())
            }
        }
    }

    func record(_ record: Record) {
        state.withLock { state in
            state.records.append(record)
            let older = state.records.count - Self.mostBodies
            if older >= 0 { state.records[older].body = [] }
            if state.records.count > configuration.mostRecords {
                state.records.removeFirst(max(1, configuration.mostRecords / 10))
            }
            if record.status == 200 {
                state.bills[record.workspace, default: Bill()].requests += 1
                state.bills[record.workspace, default: Bill()].usage =
                    state.bills[record.workspace, default: Bill()].usage + record.usage
            }
        }
    }

    /// What is kept to be read back.
    private static let mostBodies = 1000

    private static func refusedZero(_ status: Int) -> APIError {
        var error = APIError.status(status)
        error.message = "max_tokens: Input should be greater than or equal to 1"
        return error
    }

    /// The output: the same for the same request, one token a word.
    private static func words(_ request: EmulatedRequest) -> [String] {
        let sentence = ["Every", " word", " of", " this", " answer", " is", " a", " token", " of", " its", " own", "."]
        return Array(sentence.prefix(request.maxTokens))
    }

    // MARK: Reading back

    /// How many requests have started.
    var began: Int { state.withLock(\.began) }
    var bills: [String: Bill] { state.withLock(\.bills) }
    var records: [Record] { state.withLock(\.records) }

    func entries(at now: Duration) -> [(CacheTable.Owner, CacheTable.Entry)] {
        state.withLock { state in
            state.table.entries.flatMap { owner, entries in
                entries.values.filter { $0.isAlive(at: now) }.map { (owner, $0) }
            }
        }
    }

    func setLimits(_ limits: EmulatedLimits) {
        state.withLock { state in
            state.limits = limits
            state.rates = RateLimits()
        }
    }

    func setFaults(_ plan: FaultPlan) { state.withLock { $0.faults = plan } }

    func reset() {
        state.withLock { $0 = State(configuration) }
    }
}
