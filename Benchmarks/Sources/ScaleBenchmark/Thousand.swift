import CachePrices
import Logging
import ProcessFigures
import PromptCache
import PromptCacheWarmer
import Synchronization
import Upstreams
import WarmingPolicies

/// A thousand scopes, each pinged every ten seconds over HTTP for a minute.
struct Thousand {
    let url: String

    private final class Count: Sendable {
        let hits = Mutex(0)
    }

    func run() async throws {
        let count = Count()
        let warmer = CacheWarmer(
            clients: [
                CacheWarmer.defaultUpstream: try AnthropicClient(
                    credential: .apiKey("sk-emu-swift-1"), endpoint: url)
            ],
            options: WarmerOptions(
                budget: .perDay(.usd("1000000")),
                logger: Logger(label: "scale", factory: { _ in SwiftLogNoOpLogHandler() }), pingsPerSecond: 500,
                onTick: { tick in if tick.verdict == .hit { count.hits.withLock { $0 += 1 } } }))
        let policy = try WarmPolicy("every:10s@5m")
        for number in 0..<1000 {
            try await warmer.add(WarmScope(name: "s\(number)", body: Self.body(number), policy: policy))
        }
        await warmer.start()
        try await Task.sleep(for: .seconds(60))
        let hits = count.hits.withLock(\.self)
        print("swift \(hits) \(Figures.memory / 1_000_000) \(text(Figures.processorSeconds))")
        await warmer.stop()
    }

    private static func body(_ number: Int) -> [UInt8] {
        let rules = (0..<200).map { "Rule \($0) of \(number): say what is so." }.joined(separator: " ")
        return Array(
            """
            {"model":"claude-sonnet-5-5","max_tokens":8,"system":[{"type":"text","text":"\(rules)",\
            "cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hello?"}]}
            """.utf8)
    }
}
