import CachePrices
import PromptCache
import PromptCacheWarmer
import SteppedTime
import Synchronization
import Testing
import WarmingPolicies

@Suite("A hit tracker watches an application's own requests")
struct HitTrackerTests {
    private static let start = Moment(secondsSince1970: 1_781_524_800)
    private static let model = ModelID("claude-sonnet-5-5")

    @Test("The hit rate is tokens read, of those read and written, by prefix and in all")
    func rates() {
        let tracker = HitTracker(now: { .distantFuture })
        #expect(tracker.hitRate == nil)
        tracker.note(Usage(input: 500, write5m: 1_000), prefix: "a", model: Self.model, at: Self.start)
        tracker.note(Usage(input: 500, read: 1_000), prefix: "a", model: Self.model, at: Self.start + .seconds(1))
        tracker.note(Usage(read: 2_000), prefix: "b", model: Self.model, at: Self.start + .seconds(2))
        #expect(tracker.hitRate == 0.75)
        #expect(tracker.summary(of: "a")?.hitRate == 0.5)
        #expect(tracker.summary(of: "a")?.saved == USD(picodollars: 2_400_000) * 1_000)
        #expect(tracker.summary(of: "c") == nil)
    }

    @Test("A fall is told of once, and again after it has risen; too few requests are no fall")
    func alerts() {
        let alerts = Mutex<[HitTracker.Alert]>([])
        let tracker = HitTracker(
            window: .seconds(60), alertBelow: 0.5, minimumRequests: 3, now: { .distantFuture },
            onAlert: { alert in alerts.withLock { $0.append(alert) } })
        func note(_ second: Int, hit: Bool) {
            tracker.note(
                hit ? Usage(read: 100) : Usage(write5m: 100), prefix: "a", model: Self.model,
                at: Self.start + .seconds(second))
        }
        note(0, hit: false)
        note(1, hit: false)
        #expect(alerts.withLock(\.count) == 0)
        note(2, hit: false)
        note(3, hit: false)
        #expect(alerts.withLock(\.self).map(\.hitRate) == [0])
        for second in 70..<80 { note(second, hit: true) }
        for second in 90..<110 { note(second, hit: false) }
        #expect(alerts.withLock(\.count) == 2)
    }

    @Test("A request from the future counts now, and pushes nothing out of the window")
    func future() {
        let tracker = HitTracker(window: .seconds(60), now: { Self.start + .seconds(10) })
        tracker.note(Usage(read: 100), prefix: "a", model: Self.model, at: Self.start)
        tracker.note(Usage(read: 100), prefix: "a", model: Self.model, at: Self.start + .seconds(86_400))
        tracker.note(Usage(read: 100), prefix: "a", model: Self.model, at: Self.start + .seconds(9))
        #expect(tracker.summary.requests == 3)
    }

    @Test(
        "The window slides: sums are those of a plain filter, whatever the order",
        arguments: 1...20 as ClosedRange<UInt64>)
    func window(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let tracker = HitTracker(window: .seconds(100), now: { .distantFuture })
        var notes: [(at: Int, prefix: String, usage: Usage)] = []
        var at = 0
        for _ in 0..<3_000 {
            at += Int.random(in: 0...3, using: &random)
            let late = random.chance(20) ? Int.random(in: 0...120, using: &random) : 0
            let usage = Usage(
                write5m: Int.random(in: 0...9, using: &random), read: Int.random(in: 0...9, using: &random))
            notes.append((at - late, random.pick(["a", "b"]), usage))
            tracker.note(
                usage, prefix: notes[notes.count - 1].prefix, model: Self.model, at: Self.start + .seconds(at - late))
        }
        let newest = notes.map(\.at).max() ?? 0
        let counted = notes.filter { newest - $0.at <= 100 }
        #expect(tracker.summary.requests == counted.count)
        #expect(tracker.summary.usage == counted.reduce(Usage()) { $0 + $1.usage })
        let own = counted.filter { $0.prefix == "a" }
        #expect(tracker.summary(of: "a")?.usage == own.reduce(Usage()) { $0 + $1.usage })
    }
}
