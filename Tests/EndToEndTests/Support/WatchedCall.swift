import PromptCache
import PromptCacheWarmer
import SteppedTime
import Synchronization
import WarmerTesting
import WarmingPolicies

/// Sends by another call, and remembers what was sent when and what came back.
final class WatchedCall: WarmCall {
    struct Record: Sendable {
        /// The prompt's name.
        var prompt: String
        var at: Duration
        /// 0 where no whole response came.
        var status: Int
        var usage: Usage?
    }

    private let call: any WarmCall
    private let clock: SteppedClock
    private let state = Mutex<[Record]>([])

    init(_ call: any WarmCall, clock: SteppedClock) {
        self.call = call
        self.clock = clock
    }

    var endpoint: String { call.endpoint }
    func payer(of headers: [WarmHeader]) -> String? { call.payer(of: headers) }
    var records: [Record] { state.withLock(\.self) }

    func send(_ request: WarmRequest) async throws -> WarmResponse {
        var record = Record(prompt: Prompts.name(of: request.body), at: clock.time.now, status: 0)
        defer { state.withLock { $0.append(record) } }
        let response = try await call.send(request)
        record.status = response.status
        record.usage = response.usage
        return response
    }
}
