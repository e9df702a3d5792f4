import OrderedJSON
import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// An upstream that remembers prefixes by body for a lifetime, takes its time, and answers as it is told.
final class ScriptedCall: WarmCall {
    struct Sent: Sendable {
        var at: Moment
        var request: WarmRequest
    }

    private struct State {
        var sent: [Sent] = []
        var touched: [String: Moment] = [:]
        var lastArrival: Moment?
        var behaviour: (@Sendable () -> (latency: Duration, isOverloaded: Bool))?
        var script: [@Sendable (WarmRequest) throws -> WarmResponse?] = []
    }

    let clock: any WarmClock
    let latency: Duration
    private let state = Mutex(State())

    init(clock: any WarmClock, latency: Duration = .milliseconds(900)) {
        self.clock = clock
        self.latency = latency
    }

    /// Answers the next requests in this way, one each; nil for the usual way.
    func next(_ answers: (@Sendable (WarmRequest) throws -> WarmResponse?)...) {
        state.withLock { $0.script += answers }
    }

    func next(status: Int, type: String = "error", times: Int = 1) {
        for _ in 0..<times {
            next { _ in WarmResponse(status: status, error: ProviderError(type: type, message: "no")) }
        }
    }

    /// From now on each answer takes as long as this says, and is a refusal where it says so.
    func behave(_ behaviour: @escaping @Sendable () -> (latency: Duration, isOverloaded: Bool)) {
        state.withLock { $0.behaviour = behaviour }
    }

    /// Forgets everything, as a provider that evicts early.
    func evict() { state.withLock { ($0.touched, $0.lastArrival) = ([:], nil) } }

    /// A request of the user's has touched everything.
    func touch(at moment: Moment) { state.withLock { $0.lastArrival = moment } }

    var sent: [Sent] { state.withLock(\.sent) }
    var times: [Double] { sent.map { ($0.at - .at(0)) / .seconds(1) } }

    func send(_ request: WarmRequest) async throws -> WarmResponse {
        let start = clock.now.elapsed
        let answer = state.withLock { state in
            state.sent.append(Sent(at: start, request: request))
            return state.script.isEmpty ? nil : state.script.removeFirst()
        }
        let behaviour = state.withLock { $0.behaviour?() }
        try await clock.sleep(until: start + (behaviour?.latency ?? latency))
        if behaviour?.isOverloaded == true { return WarmResponse(status: 529) }
        if let response = try answer?(request) { return response }
        let tokens = request.body.count / 4
        let key = (try? MessagesRequest(request.body))?.lastPrefix(in: RequestContext())?.key.hex ?? ""
        let isWarm = state.withLock { state in
            defer { state.touched[key] = start }
            let last = [state.touched[key], state.lastArrival].compactMap(\.self).max()
            return last.map { start - $0 <= request.lifetime.duration } ?? false
        }
        let isHour = request.lifetime == .oneHour
        return WarmResponse(
            status: 200,
            usage: isWarm
                ? Usage(input: 3, read: tokens)
                : Usage(input: 3, write5m: isHour ? 0 : tokens, write1h: isHour ? tokens : 0))
    }
}
