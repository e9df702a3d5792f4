import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmerTesting
import WarmingPolicies

@Suite("Many pings under way at once")
struct ManyAtOnceTests {
    @Test("do not wait for each other's connections", .timeLimit(.minutes(2)))
    func connections() async throws {
        // Two a second, and each takes a minute: some hundred are under way.
        let latency = LatencyModel.proportional(base: .seconds(60), uncached: .zero, cached: .zero)
        try await Emulator.run(EmulatorConfiguration(latency: latency)) { emulator in
            let house = try Household(emulator, pingsPerSecond: 2)
            for number in 0..<150 {
                try await house.warmer.add(
                    WarmScope(
                        name: "s\(number)", body: Prompts.body("s\(number)"), policy: try WarmPolicy("every:240s@5m")))
            }
            try await house.live { await emulator.time.advance(by: .seconds(200)) }
            let starts = house.ticks.map { $0.at.elapsed - SteppedClock.start }.sorted()
            #expect(starts.count { $0 <= .seconds(75) } == 150)
        }
    }
}
