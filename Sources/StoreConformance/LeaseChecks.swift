import PromptCache
public import PromptCacheWarmer
import Synchronization
public import WarmingPolicies

extension StoreConformance {
    /// A store's clock that a check sets as it likes.
    public final class SetClock: Sendable {
        private let moment = Mutex(noon)

        public init() {}

        /// What it shows.
        public var now: Moment { moment.withLock(\.self) }

        func move(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
    }

    /// One sentence about what replicas agree by.
    public struct LeaseCheck: Sendable, CustomStringConvertible {
        /// Makes an empty one that goes by the clock.
        public typealias Make = @Sendable (SetClock) async throws -> any PingLease
        public let description: String
        /// Throws ``Failure``, or what making one throws.
        public let run: @Sendable (_ make: Make) async throws -> Void
    }

    /// Everything that must be true of leases.
    public static let leaseChecks: [LeaseCheck] = [
        LeaseCheck(description: "One of two that ask has it; the other hears for how long") { make in
            let clock = SetClock()
            let leases = try await make(clock)
            let first = try await leased(leases, "a")
            clock.move(by: .seconds(1))
            try expectEqual(try await leases.claim(claim("b")), .held(for: .seconds(2)), "the other's answer")
            clock.move(by: .seconds(2))
            let second = try await leased(leases, "b")
            try expect(second.generation > first.generation, "the later one is known by its generation")
        },
        LeaseCheck(description: "A finished ping gives the lease back, and is a touch that others hear of") { make in
            let clock = SetClock()
            let leases = try await make(clock)
            let lease = try await leased(leases, "a")
            clock.move(by: .seconds(1))
            let news = try await leases.beat(
                beat("a", pings: [.init(key: "k", generation: lease.generation, age: .seconds(1), verdict: .partial)]))
            try expectEqual(news, FleetNews(), "news")
            try expectEqual(
                try await leases.claim(claim("b", age: .seconds(290))),
                .touched(LastTouch(ping: .seconds(1), verdict: .partial, holder: "a")), "the other's answer")
            clock.move(by: .seconds(290))
            _ = try await leased(leases, "b", age: .seconds(291))
        },
        LeaseCheck(description: "A ping that touched nothing gives the lease back at once") { make in
            let leases = try await make(SetClock())
            let lease = try await leased(leases, "a")
            _ = try await leases.beat(beat("a", pings: [.init(key: "k", generation: lease.generation)]))
            _ = try await leased(leases, "b")
        },
        LeaseCheck(description: "An arrival anywhere counts everywhere, and the last one at that") { make in
            let clock = SetClock()
            let leases = try await make(clock)
            _ = try await leases.beat(
                beat("a", touches: [.init(key: "k", age: .seconds(9)), .init(key: "x", age: .zero)]))
            _ = try await leases.beat(beat("c", touches: [.init(key: "k", age: .seconds(99))]))
            clock.move(by: .seconds(1))
            try expectEqual(
                try await leases.claim(claim("b", age: .seconds(200))), .touched(LastTouch(arrival: .seconds(10))),
                "the answer")
            // Who knows of it already is not told.
            _ = try await leased(leases, "b", age: .seconds(10))
        },
        LeaseCheck(
            description: "A turn that a longer request went on from is left alone, until somebody comes back to it"
        ) { make in
            let clock = SetClock()
            let leases = try await make(clock)
            _ = try await leases.beat(beat("b", continued: [.init(key: "k", age: .seconds(2))]))
            // Whoever tells of it late changes nothing.
            _ = try await leases.beat(beat("a", touches: [.init(key: "k", age: .seconds(9))]))
            clock.move(by: .seconds(8))
            let touch = LastTouch(arrival: .seconds(17), continued: .seconds(10))
            try expectEqual(
                try await leases.claim(claim("a", age: .seconds(17), turn: .seconds(17))), .touched(touch), "of a turn")
            try expectEqual(
                try await leases.claim(claim("a", age: .seconds(3), turn: .seconds(17))), .touched(touch),
                "whoever has pinged it since")
            try expectEqual(try await leases.touches(of: ["k"]), ["k": touch], "who rests and asks")
            // What many requests share has not been touched by that.
            let lease = try await leased(leases, "a", age: .seconds(17))
            _ = try await leases.beat(beat("a", pings: [.init(key: "k", generation: lease.generation)]))
            guard case .granted = try await leases.claim(claim("c", age: .seconds(3), turn: .seconds(3))) else {
                throw Failure(description: "who has seen it since may not ping it")
            }
        },
        LeaseCheck(description: "A touch that is older than the lifetime is none") { make in
            let clock = SetClock()
            let leases = try await make(clock)
            _ = try await leases.beat(beat("a", touches: [.init(key: "k", age: .zero)]))
            clock.move(by: .seconds(301))
            _ = try await leased(leases, "b", age: nil)
        },
        LeaseCheck(description: "A lease that is renewed goes on; one that has run out or gone is lost") { make in
            let clock = SetClock()
            let leases = try await make(clock)
            let lease = try await leased(leases, "a")
            for _ in 0..<5 {
                clock.move(by: .seconds(2))
                try expectEqual(try await leases.beat(beat("a", renewals: [lease])).lost, [], "lost")
            }
            clock.move(by: .seconds(3))
            try expectEqual(try await leases.beat(beat("a", renewals: [lease])).lost, [lease], "lost by time")
            _ = try await leased(leases, "b")
            try expectEqual(try await leases.beat(beat("a", renewals: [lease])).lost, [lease], "lost to another")
        },
        LeaseCheck(description: "A holder that stalls and wakes up harms nothing, and is counted") { make in
            let clock = SetClock()
            let leases = try await make(clock)
            let stalled = try await leased(leases, "a")
            clock.move(by: .seconds(4))
            let next = try await leased(leases, "b")
            let late = try await leases.beat(
                beat("a", pings: [.init(key: "k", generation: stalled.generation, age: .seconds(1), verdict: .hit)]))
            try expectEqual(late.late, 1, "late")
            // The other still has it, and hears of the touch when it asks next.
            try expectEqual(try await leases.beat(beat("b", renewals: [next])).lost, [], "lost")
            try expectEqual(try await leases.replicas().map(\.late), [1, 0], "late by replica")
        },
        LeaseCheck(
            description: "A store's clock that jumps ahead ends leases, and one that jumps back holds nothing up"
        ) {
            make in
            let clock = SetClock()
            let leases = try await make(clock)
            _ = try await leased(leases, "a")
            clock.move(by: .seconds(3_600))
            let ahead = try await leased(leases, "b")
            _ = try await leases.beat(
                beat(
                    "b", touches: [.init(key: "x", age: .zero)],
                    pings: [.init(key: "k", generation: ahead.generation, age: .zero, verdict: .hit)]))
            clock.move(by: .seconds(-7_200))
            _ = try await leased(leases, "a", age: .seconds(290))
            _ = try await leased(leases, "a", "x", age: .seconds(290))
            // From then on the new time counts.
            _ = try await leases.beat(beat("b", touches: [.init(key: "x", age: .seconds(5))]))
            try expectEqual(
                try await leases.claim(claim("c", "x", age: .seconds(290))),
                .touched(LastTouch(arrival: .seconds(5), holder: "a")), "the answer")
        },
        LeaseCheck(description: "Two that ask at the same instant never both have it") { make in
            let leases = try await make(SetClock())
            for key in 0..<200 {
                let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for replica in ["a", "b"] {
                        group.addTask {
                            if case .granted = try await leases.claim(claim(replica, "\(key)")) { true } else { false }
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                try expectEqual(granted, 1, "granted of key \(key)")
            }
        },
        LeaseCheck(description: "Replicas are known with what they tell and their skew, until they go") { make in
            let clock = SetClock()
            let leases = try await make(clock)
            _ = try await leases.beat(FleetBeat(replica: "a", wall: noon + .seconds(45), scopes: 7, holds: 3))
            _ = try await leases.beat(FleetBeat(replica: "b", wall: noon - .seconds(45), scopes: 2, lag: .seconds(4)))
            clock.move(by: .seconds(2))
            _ = try await leases.beat(FleetBeat(replica: "a", wall: noon + .seconds(47), lag: .milliseconds(300)))
            clock.move(by: .seconds(2))
            let known = try await leases.replicas()
            try expectEqual(known.map(\.name), ["a", "b"], "names")
            try expectEqual(known.map(\.age), [.seconds(2), .seconds(4)], "ages")
            try expectEqual(known.map(\.skew), [.seconds(45), .seconds(-45)], "skews")
            try expectEqual(known.map(\.lag), [.milliseconds(300), .seconds(4)], "lags")
            try expectEqual(known.map(\.scopes), [7, 2], "scopes")
            try expectEqual(known.map(\.holds), [3, 0], "held")
            _ = try await leases.beat(FleetBeat(replica: "a", wall: noon, isLast: true))
            try expectEqual(try await leases.replicas().map(\.name), ["b"], "names after one has gone")
        },
        LeaseCheck(description: "Warming is turned off by one and heard of by all") { make in
            let leases = try await make(SetClock())
            _ = try await leases.beat(beat("a", warming: .off("too dear")))
            try expectEqual(try await leases.beat(beat("b")).offReason, "too dear", "why it is off")
            try expectEqual(try await leases.beat(beat("b", warming: .on)).offReason, nil, "why it is off")
            try expectEqual(try await leases.beat(beat("a")).offReason, nil, "why it is off")
        },
    ]

    private static func claim(
        _ replica: String, _ key: String = "k", age: Duration? = .seconds(290), turn: Duration? = nil
    ) -> PingClaim {
        PingClaim(key: key, replica: replica, lifetime: .seconds(300), age: age, turn: turn)
    }

    private static func leased(
        _ leases: any PingLease, _ replica: String, _ key: String = "k", age: Duration? = .seconds(290)
    ) async throws -> Lease {
        let answer = try await leases.claim(claim(replica, key, age: age))
        guard case .granted(let lease) = answer else { throw Failure(description: "\(replica) hears \(answer)") }
        return lease
    }

    private static func beat(
        _ replica: String, touches: [FleetBeat.Touch] = [], continued: [FleetBeat.Touch] = [],
        pings: [FleetBeat.Ping] = [], renewals: [Lease] = [], warming: FleetBeat.Warming? = nil
    ) -> FleetBeat {
        FleetBeat(
            replica: replica, wall: noon, touches: touches, continued: continued, pings: pings, renewals: renewals,
            warming: warming)
    }
}
