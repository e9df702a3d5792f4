import WarmingPolicies

/// A prefix in the warmer: due times and pings under way refer to it. The warmer's own.
final class EntryCell {
    var entry: WarmEntry
    let lane: Lane
    /// Cells that are due at the same moment go in the order in which they were made.
    let number: Int
    /// The earliest time at which it will be looked at; nil if it will not.
    var queuedAt: Moment?
    /// Whether it waits for its turn among the cold.
    var waitsCold = false
    /// The ping under way.
    var flight: Task<PingReport, Never>?
    /// Whether its history was read from the store, or will be.
    var isRecalled = false
    /// Whether its history has gone on since it was last written.
    var isUnwritten = false
    /// Which replica of the fleet was the last to ping it, as far as is known here.
    var holder: String?
    /// Its scope was removed or replaced.
    var isGone = false

    init(_ entry: WarmEntry, lane: Lane, number: Int) {
        self.entry = entry
        self.lane = lane
        self.number = number
    }

    /// What it wants to do next.
    func intent(_ now: ClockReading) -> Intent {
        lane.experience.shared.advance(to: now.elapsed)
        return entry.intent(
            now, timing: lane.timing(for: entry.lifetime, entry.plan.target.rules), shared: lane.experience.shared)
    }

    /// What it will do next, as the pace of its lane and the switch of all allow.
    func plannedIntent(_ now: ClockReading) -> Intent {
        if let reason = lane.warmingSwitch.offReason {
            return Intent(at: nil, pings: false, reason: .switchedOff(reason))
        }
        return intent(now).after(lane.pace.pause(at: now.elapsed))
    }
}
