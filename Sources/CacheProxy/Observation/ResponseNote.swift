import Synchronization

/// A line about the cache for the response's headers: written by whoever watches, read when the response begins. If it is
/// not there by then, the response goes without.
public final class ResponseNote: Sendable {
    private let text = Mutex<String?>(nil)

    public init() {}

    /// - Parameter line: visible ASCII.
    public func write(_ line: String) { text.withLock { $0 = line } }

    var line: String? { text.withLock(\.self) }
}
