import PromptCache
import WarmingPolicies

/// What a prefix's schedule has seen, as it is stored: with the prefix and the lifetime that it has seen it of.
struct ScopeHistory: Sendable {
    private let key: UInt64
    let lifetime: Lifetime
    let schedule: WarmSchedule
    /// From the axis of elapsed time to the wall's, on which it is stored.
    private let shift: Duration

    init(_ schedule: WarmSchedule, of plan: PrefixPlan, lifetime: Lifetime, now: ClockReading) {
        key = Self.key(plan)
        self.lifetime = lifetime
        self.schedule = schedule
        shift = now.wall - now.elapsed
    }

    /// Reads what was stored; nil if it is damaged or of a version that is not known.
    init?(_ stored: [UInt8], policy: WarmPolicy, verifies: Bool, shift: Duration) {
        guard stored.count > 9, Lifetime.allCases.indices.contains(Int(stored[8])),
            let schedule = WarmSchedule(
                stored: Array(stored[9...]), policy: policy, verifies: verifies, movedBy: .zero - shift)
        else { return nil }
        key = stored[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        lifetime = Lifetime.allCases[Int(stored[8])]
        self.schedule = schedule
        self.shift = shift
    }

    /// Whether it is of what is warmed now. After a change of prompt or model it is not.
    func isOf(_ plan: PrefixPlan) -> Bool { key == Self.key(plan) }

    /// As it is to be stored, with what others have stored of the same.
    func merged(with stored: [UInt8]?) -> [UInt8] {
        let known = stored.flatMap {
            ScopeHistory($0, policy: schedule.policy, verifies: schedule.verifies, shift: shift)
        }
        var merged = schedule
        if let known, (known.key, known.lifetime) == (key, lifetime) { merged = schedule.merged(with: known.schedule) }
        let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: key >> ($0 * 8)) }
        let place = Lifetime.allCases.firstIndex(of: lifetime) ?? 0
        return bytes + [UInt8(place)] + merged.stored(movedBy: shift)
    }

    private static func key(_ plan: PrefixPlan) -> UInt64 { UInt64(plan.key.hex.prefix(16), radix: 16) ?? 0 }
}
