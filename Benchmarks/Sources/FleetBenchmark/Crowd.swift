import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// A warmer with many scopes, and requests that come to any of them.
struct Crowd: Sendable {
    static let scopes = 100_000

    let warmer: CacheWarmer
    private let names = (0..<Crowd.scopes).map(String.init)

    /// Nothing is pinged: it is arrivals that are measured.
    private struct Idle: WarmCall {
        func send(_ request: WarmRequest) async throws -> WarmResponse {
            preconditionFailure("nobody has asked for a ping")
        }
    }

    init(ledger: (any Ledger)? = nil, fleet: Fleet? = nil) async throws {
        warmer = CacheWarmer(
            clients: [CacheWarmer.defaultUpstream: Idle()],
            options: WarmerOptions(ledger: ledger, fleet: fleet, logger: Server.silent))
        let policy = try WarmPolicy("idle:1@5m")
        for name in names { try await warmer.add(WarmScope(name: name, body: Self.body(name), policy: policy)) }
        await warmer.start()
    }

    /// Notes requests to scopes at random.
    func arrive(_ count: Int) {
        let usage = Usage(input: 20, read: 12_000, output: 200)
        for _ in 0..<count { warmer.noteArrival(of: names[.random(in: 0..<Self.scopes)], usage: usage) }
    }

    /// Waits until they have been taken in.
    func settle(_ count: Int) async throws {
        while await warmer.overview(ScopeQuery(limit: 0)).counts.totals.arrivals < count {
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func body(_ name: String) -> [UInt8] {
        let rules = (0..<80).map { "Rule \($0) of \(name): say what is so." }.joined(separator: " ")
        return Array(
            """
            {"model":"claude-sonnet-5-5","max_tokens":8,"system":[{"type":"text","text":"\(rules)",\
            "cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hello?"}]}
            """.utf8)
    }
}
