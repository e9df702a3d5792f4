import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A scope whose lifetime is the warmer's to choose")
struct ChosenLifetimeTests {
    private func scope(_ ttl: String = "5m", chooses: Bool = true) throws -> WarmScope {
        WarmScope(
            name: "support", body: Prompts.body("support", ttl: ttl), policy: .adaptive, verifies: false,
            choosesLifetime: chooses)
    }

    /// A host that marks its requests as it is told, and tells what the response says.
    private func visit(_ rig: Rig, tokens: Int = 1500) async throws -> Lifetime? {
        let lifetime = await rig.warmer.lifetimeToWrite(for: "support")
        let status = try #require(await rig.warmer.status(of: "support").first)
        var usage = Usage(input: 3)
        if status.lifeLeft > .zero {
            usage.read = tokens
        } else {
            if lifetime == .oneHour { usage.write1h = tokens }
            if lifetime == .fiveMinutes { usage.write5m = tokens }
        }
        rig.call.touch(at: rig.clock.now.elapsed)
        rig.warmer.noteArrival(of: "support", usage: usage)
        await rig.clock.settle()
        return lifetime
    }

    @Test("is written for an hour where somebody comes every 75 minutes, pings ask for the same, and all of it is told")
    func hour() async throws {
        let ledger = InMemoryLedger()
        let rig = Rig(ledger: ledger)
        try await rig.start(try scope())
        var asked: [Lifetime?] = []
        for _ in 0..<60 {
            asked.append(try await visit(rig))
            await rig.clock.advance(seconds: 4500)
        }
        #expect(asked.last == .oneHour)
        let status = try #require(await rig.warmer.status(of: "support").first)
        #expect(status.lifetime == .oneHour)
        let hours = rig.ticks.filter { $0.verdict == .hit }
        #expect(hours.count > 30)
        let sent = try #require(rig.call.sent.last?.request)
        #expect(sent.lifetime == .oneHour)
        #expect(
            String(decoding: sent.body, as: UTF8.self).contains(#""cache_control":{"type":"ephemeral","ttl":"1h"}"#))
        let rows = try await ledger.rows(from: .distantPast, to: .distantFuture)
        let premiums = rows.filter(\.choseHour)
        #expect(!premiums.isEmpty)
        #expect(premiums.allSatisfy { $0.lifetime == .oneHour && ($0.usage?.write1h ?? 0) > 0 })
        await rig.stop()
    }

    @Test("goes on with what was chosen after a restart")
    func restart() async throws {
        let store = InMemoryExperienceStore()
        let rig = Rig(experience: store)
        try await rig.start(try scope())
        for _ in 0..<30 {
            _ = try await visit(rig)
            await rig.clock.advance(seconds: 2000)
        }
        _ = try await visit(rig)
        #expect(await rig.warmer.status(of: "support").first?.lifetime == .oneHour)
        await rig.stop()
        let after = Rig(experience: store, clock: rig.clock)
        try await after.start(try scope())
        let status = try #require(await after.warmer.status(of: "support").first)
        #expect(status.lifetime == .oneHour)
        #expect(status.lifeLeft > .seconds(3000))
        await after.stop()
    }

    @Test("What the markers of the body say holds where it is not the warmer's to choose", arguments: ["5m", "1h"])
    func marked(ttl: String) async throws {
        let rig = Rig()
        try await rig.start(try scope(ttl, chooses: false))
        for _ in 0..<30 {
            rig.arrive()
            await rig.clock.advance(seconds: 2000)
        }
        #expect(await rig.warmer.lifetimeToWrite(for: "support")?.rawValue == ttl)
        #expect(await rig.warmer.lifetimeToWrite(for: "nobody") == nil)
        #expect(rig.call.sent.allSatisfy { $0.request.lifetime.rawValue == ttl })
        await rig.stop()
    }
}
