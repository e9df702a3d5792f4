import Foundation
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A scope that is to be warm at set times")
struct SetTimesTests {
    /// Ten minutes past midnight, where tests begin.
    private func scope() throws -> WarmScope {
        var scope = try Prompts.scope(policy: "idle:0@5m")
        scope.prewarm = try PrewarmTimes("daily 00:10", timeZone: .gmt)
        return scope
    }

    @Test("is written then, once")
    func once() async throws {
        let rig = Rig()
        try await rig.start(try scope())
        await rig.clock.advance(seconds: 2000)
        #expect(rig.call.times == [600])
        await rig.stop()
    }

    @Test("is tried again where that fails, until it has worked")
    func triedAgain() async throws {
        let rig = Rig()
        rig.call.next(status: 529, times: 8)
        try await rig.start(try scope())
        await rig.clock.advance(seconds: 2000)
        #expect(rig.ticks.map(\.verdict) == [nil, .rewritten])
        #expect(rig.call.times.allSatisfy { $0 >= 600 && $0 < 660 })
        await rig.stop()
    }

    @Test(
        "is written a little late after a short sleep of the machine, and not long after",
        arguments: [(300, 1), (3000, 0)])
    func late(slept: Int, calls: Int) async throws {
        let machine = SleepingMachine()
        let rig = Rig(on: machine)
        try await rig.start(try scope())
        await rig.clock.advance(seconds: 500)
        machine.suspend(for: .seconds(slept))
        await rig.clock.advance(seconds: 200)
        #expect(rig.call.sent.count == calls)
        await rig.stop()
    }
}
