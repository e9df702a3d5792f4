import CachePrices
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import Synchronization
import Upstreams
import WarmerTesting
import WarmingPolicies

/// One strategy living through the day: its own workspace, users and warmer, against the same emulator.
final class DemoStrategy: Sendable {
    struct Score: Sendable {
        var requests = 0
        var coldStarts = 0
        var pings = 0
        var usage = Usage()
        var waited = Duration.zero
        /// Whether each of the last arrivals was cold, for the picture.
        var isWarm: [Bool] = []
    }

    /// The score so far, added to by users and by the warmer at once.
    private final class Board: Sendable {
        let score = Mutex(Score())
    }

    let policy: WarmPolicy
    let workspace: String
    private let client: AnthropicClient
    private let clock: SteppedClock
    private let board = Board()
    private let warmer: CacheWarmer

    init(policy: WarmPolicy, number: Int, emulator: Emulator) throws {
        self.policy = policy
        workspace = "strategy\(number)"
        clock = SteppedClock(emulator.time)
        // This process holds time for its requests.
        client = try AnthropicClient(
            credential: .apiKey("sk-emu-\(workspace)-demo"), endpoint: emulator.baseURL,
            headers: [WarmHeader("x-emulator-participant", "local")])
        warmer = CacheWarmer(
            clients: [CacheWarmer.defaultUpstream: client],
            options: WarmerOptions(
                budget: .perDay(.usd("1000")), clock: clock, logger: .silent, random: { 0 },
                onTick: { [board] tick in
                    board.score.withLock { score in
                        score.usage += tick.usage
                        if tick.verdict != nil { score.pings += 1 }
                    }
                }))
    }

    var score: Score { board.score.withLock(\.self) }

    /// What everything has cost so far; every request of the day is of one model with one tier.
    var cost: USD { PriceList.builtIn.cost(of: score.usage, model: ModelID(DemoDay.model))?.total ?? .zero }

    /// Lives through the day; returns when it is over. The caller holds time for it, and the end of the day lets go of
    /// that: what is still under way then needs time to move.
    func live(_ day: DemoDay) async throws {
        for index in day.prompts.indices where policy.everPings {
            try await warmer.add(
                WarmScope(name: day.prompts[index].name, body: day.body(of: index, question: 0), policy: policy))
        }
        await warmer.start()
        await withTaskGroup(of: Void.self) { group in
            for (number, arrival) in day.arrivals.enumerated() {
                try? await clock.sleep(until: SteppedClock.start + arrival.at)
                clock.hold()
                group.addTask { await self.ask(arrival.prompt, question: number, day) }
            }
            try? await clock.sleep(until: SteppedClock.start + DemoDay.length)
            // While time is still held, so that no ping begins after the day.
            for prompt in day.prompts { await warmer.pause(prompt.name) }
            clock.release()
        }
        await warmer.stop()
    }

    /// A user's request, which the warmer hears of at its start.
    private func ask(_ prompt: Int, question: Int, _ day: DemoDay) async {
        defer { clock.release() }
        let start = clock.now.elapsed
        let request = WarmRequest(body: day.body(of: prompt, question: question), model: ModelID(DemoDay.model))
        warmer.noteArrival(of: day.prompts[prompt].name, at: start)
        guard let usage = try? await client.send(request).usage else { return }
        let waited = clock.now.elapsed - start
        board.score.withLock { score in
            score.requests += 1
            score.waited += waited
            score.usage += usage
            let isWarm = usage.read > 0
            if !isWarm { score.coldStarts += 1 }
            score.isWarm.append(isWarm)
        }
    }
}
