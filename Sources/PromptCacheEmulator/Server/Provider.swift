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
        var body: [UInt8]
        var headers: [(String, String)]
    }

    /// What a request of `/v1/messages` leads to, as decided when it starts.
    struct Decision: Sendable {
        var delay: Duration
        var cutBefore = false
        var cutMid = false
        var answer: Result<Answer, APIError>
    }

    struct Answer: Sendable {
        var request: EmulatedRequest
        var owner: CacheTable.Owner
        var plan: CacheTable.Plan
        var words: [String]
    }

    private struct State {
        var table = CacheTable()
        var faults = FaultPlan()
        var random: SeededRandom
        var records: [Record] = []
        var bills: [String: Bill] = [:]
        var nextID = 1
        var began = 0
        var sweptAt = Duration.zero
    }

    struct Bill: Sendable {
        var requests = 0
        var usage = EmulatedUsage()
    }

    private let state: Mutex<State>
    private let configuration: EmulatorConfiguration

    init(_ configuration: EmulatorConfiguration) {
        self.configuration = configuration
        state = Mutex(State(random: SeededRandom(seed: configuration.seed)))
    }

    func newID(_ prefix: String) -> String {
        state.withLock { state in
            defer { state.nextID += 1 }
            let digits = String(state.nextID)
            return prefix + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        }
    }

    /// Decides about a request at its start.
    func begin(_ body: [UInt8], workspace: String, betas: Set<String>, now: Duration) -> Decision {
        let request: EmulatedRequest
        do {
            request = try EmulatedRequest(body)
        } catch {
            return Decision(delay: .zero, answer: .failure(error))
        }
        let hashes = PromptHashes(request, betas: betas)
        return state.withLock { state in
            state.began += 1
            let faults = state.faults.strike(workspace: workspace, maxTokens: request.maxTokens, &state.random)
            var decision = Decision(delay: faults.reduce(.zero) { $0 + $1.delay }, answer: .failure(.status(500)))
            decision.cutBefore = faults.contains { $0.cut == .before }
            decision.cutMid = faults.contains { $0.cut == .mid }
            if faults.contains(where: \.evicts) { state.table.evict(workspace: workspace) }
            if let status = faults.compactMap(\.refusesZero).first {
                decision.answer = .failure(Self.refusedZero(status))
                return decision
            }
            if let fault = faults.first(where: { $0.status != nil }), let status = fault.status {
                decision.answer = .failure(.status(status, retryAfter: fault.retryAfter))
                // A refusal takes its time too, where latency does not go by tokens.
                if case .logNormal = configuration.latency {
                    decision.delay += configuration.latency.delay(EmulatedUsage(), &state.random)
                }
                return decision
            }
            var rules = CacheBehaviour()
            rules.downgradesHour = faults.contains(where: \.downgradesHour)
            rules.hourModel = faults.compactMap(\.hourModel).last ?? .segment
            rules.refreshesEarlierBreakpoints = configuration.refreshesEarlierBreakpoints
            if now - state.sweptAt > .seconds(3600) {
                state.table.sweep(at: now)
                state.sweptAt = now
            }
            let owner = CacheTable.Owner(workspace: workspace, model: request.model)
            var plan = state.table.begin(request, hashes: hashes, owner: owner, now: now, rules: rules)
            let words = Self.words(request)
            plan.usage.output = words.count
            decision.delay += configuration.latency.delay(plan.usage, &state.random)
            decision.answer = .success(Answer(request: request, owner: owner, plan: plan, words: words))
            return decision
        }
    }

    /// The response begins.
    func commit(_ answer: Answer, now: Duration) {
        state.withLock { $0.table.commit(answer.plan, owner: answer.owner, now: now) }
    }

    func record(_ record: Record) {
        state.withLock { state in
            state.records.append(record)
            if state.records.count > Self.mostRecords { state.records.removeFirst(Self.mostRecords / 10) }
            if record.status == 200 {
                state.bills[record.workspace, default: Bill()].requests += 1
                state.bills[record.workspace, default: Bill()].usage =
                    state.bills[record.workspace, default: Bill()].usage + record.usage
            }
        }
    }

    /// What is kept to be read back.
    private static let mostRecords = 100_000

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

    func setFaults(_ plan: FaultPlan) { state.withLock { $0.faults = plan } }

    func reset() {
        state.withLock { $0 = State(random: SeededRandom(seed: configuration.seed)) }
    }
}
