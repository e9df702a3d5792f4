import ArgumentParser
import CachePrices
import OrderedJSON
import PromptCacheEmulator
import SteppedTime
import WarmingPolicies

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "A day of bursty traffic against the emulator, four strategies side by side.",
        discussion: """
            Example:

              warmer demo --seed 7

            No key, no network, no cost: an emulator of the provider's cache on loopback, real HTTP, virtual time. The \
            same seed gives the same numbers.
            """)

    @Option(help: "The day's traffic is drawn from it.") var seed: UInt64 = 1
    @Flag(help: "Print JSON.") var json = false

    private static let policies = ["off@5m", "every:240s@5m", "idle:2@5m", "break-even@5m"]

    func run() async throws {
        let day = DemoDay(seed: seed)
        let policies = try Self.policies.map { try WarmPolicy($0) }
        let showsPicture = Terminal.isLive && !json
        let strategies = try await Emulator.run(EmulatorConfiguration(seed: seed)) { emulator in
            let strategies = try policies.enumerated().map {
                try DemoStrategy(policy: $0.element, number: $0.offset, emulator: emulator)
            }
            try await Self.live(strategies, day, emulator.time, showsPicture: showsPicture)
            return strategies
        }
        if json {
            Terminal.print(report(strategies).text(pretty: true))
        } else {
            if showsPicture { Terminal.print("") }
            Terminal.print(DemoPicture(strategies: strategies, day: day).table(seed: seed))
        }
    }

    /// Lets all strategies live through the day at once, and steps time for them.
    private static func live(
        _ strategies: [DemoStrategy], _ day: DemoDay, _ time: SteppedTime, showsPicture: Bool
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for strategy in strategies {
                time.hold()
                group.addTask { try await strategy.live(day) }
            }
            let picture = DemoPicture(strategies: strategies, day: day)
            var isFirst = true
            // A little longer than the day, for requests that began at its end.
            let end = DemoDay.length + .seconds(600)
            while time.now < end {
                await time.advance(to: min(time.now + .seconds(600), end))
                if showsPicture {
                    Terminal.write(picture.frame(at: min(time.now, DemoDay.length), isFirst: isFirst))
                    isFirst = false
                }
            }
            try await group.waitForAll()
        }
    }

    private func report(_ strategies: [DemoStrategy]) -> JSONOutput {
        [
            "seed": .integer(Int(clamping: seed)),
            "virtual_hours": .integer(Int(DemoDay.length / .seconds(3600))),
            "strategies": .array(
                strategies.map { strategy in
                    let score = strategy.score
                    return [
                        "policy": .string(strategy.policy.name), "requests": .integer(score.requests),
                        "cold_starts": .integer(score.coldStarts), "pings": .integer(score.pings),
                        "tokens": score.usage.report,
                        "cost_usd": .string(strategy.cost.decimal), "mean_ttft_ms": .integer(strategy.meanWait),
                    ]
                }),
        ]
    }
}
