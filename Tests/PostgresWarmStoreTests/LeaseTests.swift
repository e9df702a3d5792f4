import CachePrices
import PostgresWarmStore
import PromptCache
import PromptCacheWarmer
import SteppedTime
import StoreConformance
import Synchronization
import TestPostgres
import Testing
import WarmingPolicies

@Suite("Leases in PostgreSQL")
struct LeaseTests {
    private static func claim(_ replica: String, _ key: String, age: Duration? = nil) -> PingClaim {
        PingClaim(key: key, replica: replica, lifetime: .seconds(300), age: age)
    }

    @Test("Of two replicas that claim at the same instant one has it, ten thousand times")
    func together() async throws {
        let url = try await PostgresFixture.shared().database()
        // On a clock that stands, so that no lease runs out.
        let replicas = [try await newStore(url, now: { .noon }), try await newStore(url, now: { .noon })]
        let granted = try await withThrowingTaskGroup(of: [Int].self) { group in
            for (number, store) in replicas.enumerated() {
                group.addTask {
                    var mine: [Int] = []
                    for key in 0..<10_000 {
                        if case .granted = try await store.claim(Self.claim("replica \(number)", "\(key)")) {
                            mine.append(key)
                        }
                    }
                    return mine
                }
            }
            return try await group.reduce(into: [[Int]]()) { $0.append($1) }
        }
        #expect(granted.joined().sorted() == Array(0..<10_000))
    }

    @Test("The statements decide as the rule does, also while the clock jumps", arguments: 1...4 as ClosedRange<UInt64>)
    func rule(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let now = Mutex(Moment.noon)
        let store = try await PostgresWarmStore.open(
            try await PostgresFixture.shared().database(), budget: .standard, now: { now.withLock(\.self) },
            logger: .silent)
        let rule = InMemoryPingLease { now.withLock(\.self) }
        var leases: [Lease] = []
        for step in 0..<400 {
            let jump = random.chance(2) ? Int.random(in: -4_000_000...4_000_000, using: &random) : 0
            let pause = Int.random(in: 0...2_000, using: &random) + jump
            now.withLock { $0 = $0 + .milliseconds(pause) }
            let replica = "r\(Int.random(in: 0..<3, using: &random))"
            let key = "k\(Int.random(in: 0..<3, using: &random))"
            if random.chance(50) {
                let age = random.chance(10) ? nil : Duration.milliseconds(Int.random(in: 0...400_000, using: &random))
                var wish = Self.claim(replica, key, age: age)
                if random.chance(50) { wish.turn = .milliseconds(Int.random(in: 0...800_000, using: &random)) }
                let (asked, said) = (try await rule.claim(wish), try await store.claim(wish))
                #expect(said == asked, "step \(step): \(wish)")
                if case .granted(let lease) = said { leases.append(lease) }
                continue
            }
            var beat = FleetBeat(replica: replica, wall: .noon)
            if random.chance(50) {
                beat.touches = [.init(key: key, age: .milliseconds(Int.random(in: 0...50_000, using: &random)))]
            }
            if random.chance(30) {
                let turn = "k\(Int.random(in: 0..<3, using: &random))"
                beat.continued = [.init(key: turn, age: .milliseconds(Int.random(in: 0...50_000, using: &random)))]
            }
            if random.chance(40), let lease = leases.randomElement(using: &random) { beat.renewals = [lease] }
            if random.chance(40), let lease = leases.randomElement(using: &random) {
                let age = random.chance(70) ? Duration.milliseconds(Int.random(in: 0...5_000, using: &random)) : nil
                beat.pings = [
                    .init(
                        key: lease.key, generation: random.chance(80) ? lease.generation : nil, age: age,
                        verdict: age == nil ? nil : Verdict.allCases.randomElement(using: &random))
                ]
            }
            let (asked, said) = (try await rule.beat(beat), try await store.beat(beat))
            #expect(said == asked, "step \(step): \(beat)")
            let (known, kept) = (try await rule.replicas(), try await store.replicas())
            #expect(kept == known, "step \(step)")
            let keys = ["k0", "k1", "k2"]
            let (seen, read) = (try await rule.touches(of: keys), try await store.touches(of: keys))
            // Whether there is a row that says nothing makes no difference.
            #expect(read.filter { $0.value != LastTouch() } == seen.filter { $0.value != LastTouch() }, "step \(step)")
        }
    }

    @Test("By the server's own clock a lease holds, and skews of a minute change nothing")
    func ownClock() async throws {
        let store = try await newStore()
        guard case .granted = try await store.claim(Self.claim("a", "k")) else {
            Issue.record("nobody has it")
            return
        }
        guard case .held(let time) = try await store.claim(Self.claim("b", "k")) else {
            Issue.record("both have it")
            return
        }
        #expect(time > .zero && time <= Lease.length)
        for (replica, skew) in [("a", 60), ("b", -60)] {
            _ = try await store.beat(
                FleetBeat(
                    replica: replica, wall: SystemClock().now.wall + .seconds(skew),
                    touches: [.init(key: "x", age: .seconds(100))]))
        }
        guard case .touched(let touch) = try await store.claim(Self.claim("c", "x", age: .seconds(200))) else {
            Issue.record("nobody has heard of the touch")
            return
        }
        let age = try #require(touch.arrival)
        #expect(age >= .seconds(100) && age < .seconds(110))
        let skews = try await store.replicas().map { ($0.skew / .seconds(1)).rounded() }
        #expect(skews[0] - skews[1] >= 110 && skews[0] - skews[1] <= 130)
    }

    @Test("Whoever switches warming off stops all spending, at once")
    func killSwitch() async throws {
        let url = try await PostgresFixture.shared().database()
        let (one, other) = (try await newStore(url), try await newStore(url))
        _ = try await one.beat(FleetBeat(replica: "a", wall: .noon, warming: .off("too dear")))
        guard
            case .refused(let refusal) = await other.reserve(
                SpendRequest(scope: "a", worstCase: .usd("0.01"), wall: .noon))
        else {
            Issue.record("money was granted while warming is off")
            return
        }
        #expect(refusal.reason == "warming is switched off in the fleet: too dear")
        _ = try await other.beat(FleetBeat(replica: "b", wall: .noon, warming: .on))
        #expect(await one.isGranted("0.01") != nil)
    }
}
