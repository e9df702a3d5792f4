import Synchronization

/// How far a probe has come.
final class ProbeProgress: Sendable {
    private let calls = Mutex(0)
    private let all: Int
    private let tell: @Sendable (Double) -> Void

    init(of all: Int, _ tell: @escaping @Sendable (Double) -> Void) {
        self.all = max(all, 1)
        self.tell = tell
    }

    func call() {
        let done = calls.withLock { calls in
            calls += 1
            return calls
        }
        tell(min(1, Double(done) / Double(all)))
    }
}
