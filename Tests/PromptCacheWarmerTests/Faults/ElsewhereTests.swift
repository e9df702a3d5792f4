import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("Pings that hit while arrivals miss")
struct ElsewhereTests {
    @Test("are stopped at the second arrival, which is told in status and ledger, until it is mended")
    func stops() async throws {
        let ledger = InMemoryLedger()
        let rig = Rig(ledger: ledger)
        try await rig.start(try Prompts.scope(policy: "idle:5@5m"))
        let missed = Usage(input: 3, write5m: 1500)
        for _ in 0..<3 {
            rig.warmer.noteArrival(of: "support", usage: missed)
            rig.call.touch(at: rig.clock.now.elapsed)
            await rig.clock.advance(seconds: 700)
        }
        let status = try #require(await rig.warmer.status(of: "support").first)
        #expect(status.state == .stopped)
        #expect(status.stopReason?.contains("arrivals miss what pings hit") == true)
        #expect(rig.ticks.count == 4)
        let rows = try await ledger.rows(from: .distantPast, to: .distantFuture).filter { $0.kind == .arrival }
        #expect(rows.map(\.cause) == [.firstSight, .elsewhere, .elsewhere])
        await rig.clock.advance(seconds: 3600)
        #expect(rig.ticks.count == 4)
        await rig.warmer.resume("support")
        rig.call.touch(at: rig.clock.now.elapsed)
        rig.warmer.noteArrival(of: "support", usage: missed)
        await rig.clock.advance(seconds: 300)
        #expect(rig.ticks.count == 5)
        await rig.stop()
    }
}
