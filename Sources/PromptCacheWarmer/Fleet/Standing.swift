import PromptCache
package import WarmingPolicies

/// How a prefix stands in a fleet: a state machine by the store's clock, which may jump.
///
/// ```
/// since   = now − min(age, lifetime) + ½ s        the half second is for what two ways of counting an age may differ by
/// touched   somebody's arrival or ping began after `since`, and not in a future of more than a minute; or a longer request
///           went on from a turn of a conversation after its last arrival, counted in the same way
/// held      another's lease runs on, by no more than leases last
/// ```
/// What lies in the future, or runs longer than it can, was written before the clock jumped back, and counts for nothing. A
/// clock that jumps ahead ends all leases and ages all touches: at worst one ping too many for each prefix.
package struct Standing: Sendable {
    package static let tolerance = Duration.milliseconds(500)
    /// How far ahead of the store's clock a touch may seem to lie.
    package static let future = Duration.seconds(60)

    private var arrivedAt: Moment?
    private var pingedAt: Moment?
    private var verdict: Verdict?
    private var continuedAt: Moment?
    private(set) var holder = ""
    private(set) var generation: Int64 = 0
    private(set) var leasedUntil = Moment.distantPast

    package init() {}

    package mutating func claim(_ claim: PingClaim, now: Moment) -> ClaimAnswer {
        let since = now - min(claim.age ?? claim.lifetime, claim.lifetime) + Self.tolerance
        func isAfter(_ since: Moment, _ moment: Moment?) -> Bool {
            moment.map { $0 > since && $0 <= now + Self.future } ?? false
        }
        let isContinued = claim.turn.map { isAfter(now - $0 + Self.tolerance, continuedAt) } ?? false
        if isAfter(since, arrivedAt) || isAfter(since, pingedAt) || isContinued {
            return .touched(lastTouch(now: now))
        }
        if isHeld(now: now), holder != claim.replica { return .held(for: leasedUntil - now) }
        holder = claim.replica
        generation += 1
        leasedUntil = now + Lease.length
        return .granted(Lease(key: claim.key, generation: generation))
    }

    package func lastTouch(now: Moment) -> LastTouch {
        func age(_ moment: Moment?) -> Duration? {
            moment.flatMap { $0 <= now + Self.future ? max(.zero, now - $0) : nil }
        }
        return LastTouch(
            arrival: age(arrivedAt), ping: age(pingedAt), verdict: verdict, continued: age(continuedAt),
            holder: holder.isEmpty ? nil : holder)
    }

    private func isHeld(now: Moment) -> Bool { leasedUntil > now && leasedUntil <= now + Lease.length }

    package mutating func arrived(age: Duration, now: Moment) { arrivedAt = Self.later(arrivedAt, now - age, now) }

    package mutating func continued(age: Duration, now: Moment) {
        continuedAt = Self.later(continuedAt, now - age, now)
    }

    /// - Returns: whether the lease had not been given to another.
    package mutating func finish(_ ping: FleetBeat.Ping, now: Moment) -> Bool {
        if let age = ping.age {
            pingedAt = Self.later(pingedAt, now - age, now)
            verdict = ping.verdict
        }
        guard let lease = ping.generation else { return true }
        guard lease == generation else { return false }
        leasedUntil = .distantPast
        return true
    }

    /// - Returns: whether it was still to be had.
    package mutating func renew(_ lease: Lease, now: Moment) -> Bool {
        guard lease.generation == generation, isHeld(now: now) else { return false }
        leasedUntil = now + Lease.length
        return true
    }

    private static func later(_ old: Moment?, _ new: Moment, _ now: Moment) -> Moment {
        guard let old, old <= now + future else { return new }
        return max(old, new)
    }
}
