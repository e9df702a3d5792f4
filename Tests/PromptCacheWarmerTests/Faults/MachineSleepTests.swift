import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A machine that was asleep")
struct MachineSleepTests {
    @Test("lets go of what went cold meanwhile and waits for an arrival")
    func letsGo() async throws {
        let machine = SleepingMachine()
        let rig = Rig(on: machine)
        try await rig.start(try Prompts.scope(policy: "idle:9/240s@5m"))
        rig.warmer.noteArrival(of: "support")
        await rig.clock.advance(seconds: 100)
        machine.suspend(for: .seconds(7200))
        await rig.clock.advance(seconds: 5000)
        #expect(rig.call.times.isEmpty)
        #expect(await rig.warmer.status(of: "support").first?.reason.contains("the next arrival will write it") == true)
        await rig.stop()
    }

    @Test("sends no burst when it wakes: what is held for ever is written again one after the other")
    func noBurst() async throws {
        let machine = SleepingMachine()
        let rig = Rig(pingsPerSecond: 2, on: machine)
        for number in 0..<40 { try await rig.warmer.add(try Prompts.scope("s\(number)", policy: "every:240s@5m")) }
        await rig.warmer.start()
        await rig.clock.advance(seconds: 100)
        machine.suspend(for: .seconds(7200))
        await rig.clock.advance(seconds: 300)
        let after = rig.call.times.filter { $0 > 7200 }
        #expect(after.count >= 40)
        for start in after { #expect(after.count { (start..<start + 10).contains($0) } <= 21) }
        await rig.stop()
    }

    @Test("that woke in time pings what is overdue and still alive at once")
    func inTime() async throws {
        let machine = SleepingMachine()
        let rig = Rig(on: machine)
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 100)
        machine.suspend(for: .seconds(170))
        // The timer is late by what was slept through, unless something else wakes the warmer.
        rig.warmer.noteArrival(of: "nobody")
        await rig.clock.advance(seconds: 1)
        #expect(rig.call.times == [0, 270])
        #expect(rig.ticks.last?.verdict == .hit)
        #expect(rig.ticks.last?.lateness == .seconds(30))
        await rig.stop()
    }
}
