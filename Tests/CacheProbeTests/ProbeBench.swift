import CachePrices
import CacheProbe
import Logging
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Synchronization
import Upstreams
import WarmerTesting
import WarmingPolicies

/// A probe against an emulator that plays what it is told to, on stepped time.
struct ProbeBench {
    static let model = ModelID("claude-sonnet-5-5")
    let emulator: Emulator
    let clock: SteppedClock
    let client: AnthropicClient

    static func run<Result: Sendable>(
        _ faults: String = "[]", _ body: @escaping @Sendable (ProbeBench) async throws -> Result
    ) async throws -> Result {
        try await Emulator.run { emulator in
            try emulator.setFaults(faults)
            let client = try AnthropicClient(
                credential: .apiKey("sk-emu-me-1"), endpoint: emulator.baseURL,
                headers: [WarmHeader("x-emulator-participant", "local")])
            return try await body(
                ProbeBench(emulator: emulator, clock: SteppedClock(emulator.time), client: client))
        }
    }

    static var price: ModelPrice {
        get throws { try PriceList.builtIn.price(of: model).unwrapped }
    }

    func probe(
        _ questions: [ProbeQuestion] = ProbeQuestion.allCases, budget: USD = .usd("1.00")
    ) async throws -> CacheProbe.Report {
        let probe = CacheProbe(
            model: Self.model, client: client, price: try Self.price, budget: budget, clock: clock)
        return await withTime { await probe.run(questions) }
    }

    /// Moves time on while a body runs.
    func withTime<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        let isDone = Mutex(false)
        async let result = {
            clock.hold()
            let result = await body()
            clock.release()
            isDone.withLock { $0 = true }
            return result
        }()
        while !isDone.withLock(\.self) {
            await clock.time.advance(by: .seconds(5))
            await Task.yield()
        }
        return await result
    }

    /// How often a warmer with a profile has to write in ten times 285 s.
    func rewrites(_ profile: CacheProfile) async throws -> Int {
        let warmer = CacheWarmer(
            clients: [CacheWarmer.defaultUpstream: client],
            options: WarmerOptions(
                profile: profile, clock: clock,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                random: { 0 }))
        let text = String(repeating: "Be kind. ", count: 1000)
        let body =
            #"{"model":"\#(Self.model)","max_tokens":5,"system":[{"type":"text","text":"\#(text)","#
            + #""cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hi"}]}"#
        try await warmer.add(
            WarmScope(
                name: "support", body: Array(body.utf8), policy: try .every(.seconds(285), lifetime: .fiveMinutes)))
        await warmer.start()
        await clock.time.settle()
        await clock.time.advance(by: .seconds(2850))
        await warmer.stop()
        return await warmer.status(of: "support")[0].totals.rewrites
    }
}

extension Optional {
    var unwrapped: Wrapped {
        get throws {
            guard let self else { throw Missing() }
            return self
        }
    }
}

struct Missing: Error {}
