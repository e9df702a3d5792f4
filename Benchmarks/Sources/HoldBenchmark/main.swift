// A 5-minute scope held for 24 virtual hours against the emulator over real HTTP: upstream latency with a median of 0.9 s
// and a 99th percentile of 6 s, 1 % of calls answered 529 without retry-after. Ten days, one seed each.
//
//     swift run -c release --package-path Benchmarks HoldBenchmark

import CachePrices
import Logging
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Synchronization
import Upstreams
import WarmerTesting
import WarmingPolicies

final class Day: Sendable {
    struct Score: Sendable {
        var pings = 0
        var calls = 0
        var lapses = 0
    }

    private let score = Mutex(Score())

    func add(_ tick: Tick) {
        score.withLock { score in
            score.calls += tick.calls
            guard let verdict = tick.verdict else { return }
            score.pings += 1
            // The first ping has to write.
            if verdict != .hit, score.pings > 1 { score.lapses += 1 }
        }
    }

    func hold(seed: UInt64) async throws -> Score {
        let text = String(repeating: "Keep this warm. ", count: 1000)
        let latency = LatencyModel.logNormal(median: .milliseconds(900), percentile99: .seconds(6))
        return try await Emulator.run(EmulatorConfiguration(seed: seed, latency: latency)) { emulator in
            try emulator.setFaults(#"[{"status": 529, "rate": 0.01}]"#)
            let client = try AnthropicClient(
                credential: .apiKey("sk-emu-hold-1"), endpoint: emulator.baseURL,
                headers: [WarmHeader("x-emulator-participant", "local")])
            let warmer = try CacheWarmer(
                client: client,
                config: WarmupConfig(
                    model: "claude-sonnet-5-5", system: [.text(text, cacheControl: .ephemeral)],
                    policy: try WarmPolicy("every:299s@5m"), budget: .perDay(.usd("100")),
                    onTick: { self.add($0) }),
                options: WarmerOptions(
                    clock: SteppedClock(emulator.time),
                    logger: Logger(label: "hold", factory: { _ in SwiftLogNoOpLogHandler() }), random: { 0.5 }))
            await warmer.start()
            await emulator.time.advance(to: .seconds(24 * 3600))
            await warmer.stop()
            return self.score.withLock(\.self)
        }
    }
}

print("seed  pings/hour  calls/hour  lapses")
var lapses = 0
for seed in 1...10 as ClosedRange<UInt64> {
    let score = try await Day().hold(seed: seed)
    lapses += score.lapses
    func perHour(_ count: Int) -> String { "\((Double(count) / 24 * 100).rounded() / 100)" }
    print("\(seed)     \(perHour(score.pings))       \(perHour(score.calls))       \(score.lapses)")
}
print("\(lapses) lapses in 10 days")
