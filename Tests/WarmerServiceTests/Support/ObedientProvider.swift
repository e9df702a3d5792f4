import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// An upstream that answers at once: a write the first time, reads from then on.
final class ObedientProvider: WarmCall {
    private let requests = Mutex<[WarmRequest]>([])

    var sent: [WarmRequest] { requests.withLock(\.self) }

    func send(_ request: WarmRequest) async throws -> WarmResponse {
        let isFirst = requests.withLock { sent in
            sent.append(request)
            return sent.count == 1
        }
        return WarmResponse(
            status: 200, usage: isFirst ? Usage(input: 3, write5m: 1200) : Usage(input: 3, read: 1200))
    }
}
