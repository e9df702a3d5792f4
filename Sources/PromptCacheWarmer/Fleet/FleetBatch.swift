import PromptCache
import WarmingPolicies

/// What a replica has to tell with its next beat: a value that changes without effects.
struct FleetBatch: Sendable {
    /// The start of the last arrival of each prefix, on the replica's elapsed axis.
    private var touches: [String: Moment] = [:]
    /// The start of the last longer request that went on from each turn.
    private var continued: [String: Moment] = [:]
    /// When the first of both was told here, on the same axis.
    private var toldSince: Moment?
    private var pings: [Ping] = []
    /// Pings under way, with the time until which nobody else can have their lease.
    private var held: [Lease: Moment] = [:]
    var warming: FleetBeat.Warming?
    /// Touches that found no room.
    private(set) var dropped = 0

    private struct Ping: Sendable {
        var key: String
        var generation: Int64?
        var touch: Touch?
    }

    /// A request of ours that has touched a prefix.
    struct Touch: Sendable {
        /// When it began, on the replica's elapsed axis.
        var at: Moment
        var verdict: Verdict
    }

    /// More prefixes than that between two beats mean that the store is away; the newest are then of no more use to it.
    static let mostTouches = 500_000

    /// Whether there is more to tell than that the replica lives.
    var isEmpty: Bool { touches.isEmpty && continued.isEmpty && pings.isEmpty && held.isEmpty && warming == nil }

    /// - Parameter now: when it was told here, which may be later than it began.
    mutating func touched(_ key: String, at start: Moment, now: Moment) {
        toldSince = min(toldSince ?? now, now)
        if !Self.note(key, at: start, in: &touches) { dropped += 1 }
    }

    mutating func continued(_ key: String, at start: Moment, now: Moment) {
        toldSince = min(toldSince ?? now, now)
        if !Self.note(key, at: start, in: &continued) { dropped += 1 }
    }

    /// - Returns: whether there was room.
    private static func note(_ key: String, at start: Moment, in moments: inout [String: Moment]) -> Bool {
        guard moments.count < mostTouches || moments[key] != nil else { return false }
        moments[key] = max(moments[key] ?? start, start)
        return true
    }

    /// - Parameter asked: when it was asked for, before the store can have granted it.
    mutating func granted(_ lease: Lease, asked: Moment) { held[lease] = asked + Lease.length }

    /// Whether nobody else can have it.
    func isHeld(_ lease: Lease, at now: Moment) -> Bool {
        // What is sent now arrives a bit later.
        held[lease].map { now + Standing.tolerance < $0 } ?? false
    }

    mutating func finished(_ lease: Lease, touch: Touch?) {
        held[lease] = nil
        pings.append(Ping(key: lease.key, generation: lease.generation, touch: touch))
    }

    /// A request of ours that nobody was asked about.
    mutating func pinged(_ key: String, _ touch: Touch) {
        pings.append(Ping(key: key, generation: nil, touch: touch))
    }

    /// The beat, with what it tells taken out.
    mutating func take(_ replica: String, load: FleetLoad?, now: ClockReading, isLast: Bool) -> FleetBeat {
        defer { (touches, continued, toldSince, pings, warming) = ([:], [:], nil, [], nil) }
        func told(_ moments: [String: Moment]) -> [FleetBeat.Touch] {
            moments.map { FleetBeat.Touch(key: $0.key, age: now.elapsed - $0.value) }
        }
        return FleetBeat(
            replica: replica, wall: now.wall, scopes: load?.scopes, holds: load?.holds,
            lag: toldSince.map { now.elapsed - $0 } ?? .zero, touches: told(touches), continued: told(continued),
            pings: pings.map { ping in
                FleetBeat.Ping(
                    key: ping.key, generation: ping.generation, age: ping.touch.map { now.elapsed - $0.at },
                    verdict: ping.touch?.verdict)
            },
            renewals: Array(held.keys), isLast: isLast, warming: warming)
    }

    /// A beat was not taken in: what it told is told again.
    mutating func putBack(_ beat: FleetBeat, taken: ClockReading) {
        let since = taken.elapsed - beat.lag
        for touch in beat.touches { touched(touch.key, at: taken.elapsed - touch.age, now: since) }
        for turn in beat.continued { continued(turn.key, at: taken.elapsed - turn.age, now: since) }
        pings.insert(
            contentsOf: beat.pings.map { ping in
                Ping(
                    key: ping.key, generation: ping.generation,
                    touch: ping.age.map { Touch(at: taken.elapsed - $0, verdict: ping.verdict ?? .hit) })
            }, at: 0)
        warming = warming ?? beat.warming
    }

    /// A beat was taken in.
    mutating func heard(_ news: FleetNews, of beat: FleetBeat, taken: ClockReading) {
        for lease in beat.renewals where held[lease] != nil { held[lease] = taken.elapsed + Lease.length }
        for lease in news.lost where held[lease] != nil { held[lease] = .distantPast }
    }
}
