import Synchronization

/// Turns all spending off and on at once, from any thread.
///
/// While it is off no ping begins, and the door that money passes refuses even those that have begun: what they retry, and
/// what a user asks for. Scopes keep their state; arrivals are noted.
public final class WarmingSwitch: Sendable {
    private let reason: Mutex<String?>

    /// - Parameter offReason: why it is off to begin with; nil for on.
    public init(offReason: String? = nil) { reason = Mutex(offReason) }

    /// Why it is off; nil while it is on.
    public var offReason: String? { reason.withLock(\.self) }

    public var isOn: Bool { offReason == nil }

    /// - Parameter offReason: why it is off from now on; nil for on. Warmers look at it when they next wake:
    ///   ``CacheWarmer/setWarming(offReason:)`` wakes its own.
    func set(offReason: String?) { reason.withLock { $0 = offReason } }
}
