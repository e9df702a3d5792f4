import CachePrices
import CacheProxy
import Foundation
import PromptCache
import PromptCacheWarmer
import Testing
import WarmerService
import WarmingPolicies

@Suite("A valid configuration")
struct ValidConfigurationTests {
    @Test("is read with all its sections")
    func everything() async throws {
        let prices =
            #"{"models": {"house-model": {"input": 1, "write_5m": 1, "write_1h": 2, "read": "0.1", "output": 5}}}"#
        let folder = try Folder(["support.json": Prompts.request(), "prices.json": prices])
        let configuration = try await folder.read(
            """
            upstreams:
              anthropic: { url: https://api.anthropic.com/, api_key: { env: ANTHROPIC_API_KEY } }
              gateway:
                url: http://127.0.0.1:4000/v1
                api_key: { env: GATEWAY_KEY }
                auth: bearer
            budget: { per_day: 5.00, per_ping: 0.25, time_zone: Europe/Berlin }
            scopes:
              - name: support
                upstream: anthropic
                request: support.json
                policy: break-even@5m
                verify: false
                budget: { per_ping: 0.05 }
                betas: [one-2025-01-01, two-2025-01-01]
                headers: { anthropic-version: 2026-10-21 }
              - name: nightly
                upstream: gateway
                model: house-model
                system: |
                  \(Prompts.book)\(Prompts.book)
                policy: every:285s@5m
                active: "Mon-Fri 08:00-20:00"
                at: Mon-Fri 07:58
            prices: prices.json
            dashboard: { listen: 127.0.0.1:0 }
            """, environment: ["ANTHROPIC_API_KEY": "sk-ant-api03-a", "GATEWAY_KEY": "b"])
        #expect(
            configuration.upstreams.mapValues(\.endpoint) == [
                "anthropic": "https://api.anthropic.com", "gateway": "http://127.0.0.1:4000",
            ])
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        #expect(configuration.budget == Budget(perDay: .usd("5.00"), perPing: .usd("0.25"), timeZone: berlin))
        #expect(configuration.prices.price(of: ModelID("house-model"))?.prices.read == USD(picodollars: 100_000))
        #expect(configuration.dashboard == (try LoopbackAddress("127.0.0.1:0")))

        let support = configuration.scopes[0]
        #expect(support.name == "support" && support.upstream == "anthropic" && !support.verifies)
        #expect(support.policy == .breakEven(.fiveMinutes))
        #expect(support.body == Array(Prompts.request().utf8))
        #expect(support.budget == Budget(perDay: .usd("5.00"), perPing: .usd("0.05"), timeZone: berlin))
        #expect(
            support.headers == [
                WarmHeader("anthropic-version", "2026-10-21"),
                WarmHeader("anthropic-beta", "one-2025-01-01,two-2025-01-01"),
            ])
        let nightly = configuration.scopes[1]
        #expect(nightly.verifies && nightly.budget == nil)
        #expect(nightly.hours?.description == "Mon-Fri 08:00-20:00")
        #expect(nightly.prewarm?.description == "Mon-Fri 07:58")
        #expect(nightly.hours?.timeZone == berlin)
    }

    @Test("needs little: one upstream, a budget, a scope")
    func defaults() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let configuration = try await folder.read(Prompts.yaml(scope: Prompts.scope))
        #expect(configuration.scopes[0].upstream == "anthropic")
        #expect(configuration.scopes[0].verifies)
        #expect(configuration.dashboard == .dashboard)
        #expect(configuration.budget.timeZone == .gmt)
    }

    @Test(
        "may switch off what this version does not have",
        arguments: [
            "proxy: off", "store: off", "dashboard: off",
        ])
    func switchedOff(section: String) async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let configuration = try await folder.read(Prompts.yaml(scope: Prompts.scope, more: section))
        #expect((configuration.dashboard == nil) == (section == "dashboard: off"))
    }

    @Test("puts a proxy in front of its upstreams")
    func proxy() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        func options(_ section: String) async throws -> ProxyOptions {
            try #require(try await folder.read(Prompts.yaml(scope: Prompts.scope, more: section)).proxy)
        }
        let plain = try await options("proxy: on")
        #expect(plain.server.host == "127.0.0.1" && plain.server.port == 8787)
        #expect(plain.server.routes.fallback.endpoint == "https://api.anthropic.com" && !plain.isWarming)
        let full = try await options(
            "proxy: { listen: 127.0.0.1:0, upstream: http://127.0.0.1:9, routes: { /eu: anthropic }, warm: on, "
                + "policy: idle:2@5m, gate: on, header: off }")
        #expect(full.server.routes.fallback.endpoint == "http://127.0.0.1:9")
        #expect(full.server.routes.rules.map(\.match) == [.pathPrefix("/eu")])
        #expect(full.isWarming && full.hasGate && !full.writesNotes && full.policy.name == "idle:2@5m")
    }

    @Test(
        "keeps a ledger beside itself, elsewhere, or not at all",
        arguments: [
            ("", "warmer.sqlite"), ("store: { sqlite: money/ledger.db }", "money/ledger.db"),
            ("store: { sqlite: /var/lib/w.db }", "/var/lib/w.db"), ("store: on", "warmer.sqlite"), ("store: off", nil),
        ])
    func store(section: String, name: String?) async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let configuration = try await folder.read(Prompts.yaml(scope: Prompts.scope, more: section))
        #expect(
            configuration.store == name.map { .sqlite($0.hasPrefix("/") ? $0 : "\(folder.path)/\($0)") })
    }

    @Test("keeps a ledger and versions in a database, whose URL may be in the environment")
    func database() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let open = try await folder.read(
            Prompts.yaml(scope: Prompts.scope, more: "store: { postgres: \"postgres://w@db/warm?sslmode=require\" }"))
        #expect(open.store == .postgres("postgres://w@db/warm?sslmode=require"))
        #expect(open.versions == open.store)
        var environment = Folder.environment
        environment["DATABASE"] = "postgres://w:hush-hush@db/warm"
        let more = "store: { postgres: { env: DATABASE } }\nversions: v.sqlite"
        let hidden = try await WarmerConfiguration.read(
            Prompts.yaml(scope: Prompts.scope, more: more), file: "\(folder.path)/warmer.yaml", environment: environment
        )
        #expect(hidden.store == .postgres("postgres://w:hush-hush@db/warm"))
        #expect(hidden.store.map { "\($0)" } == "postgres://w@db/warm")
        #expect(hidden.versions == .sqlite("\(folder.path)/v.sqlite"))
    }

    @Test("is read from a file, with paths counted from its folder")
    func loaded() async throws {
        let folder = try Folder(["support.json": Prompts.request(), "warmer.yaml": Prompts.yaml(scope: Prompts.scope)])
        let configuration = try await WarmerConfiguration.load(
            "\(folder.path)/warmer.yaml", environment: Folder.environment)
        #expect(configuration.scopes.map(\.name) == ["support"])
    }

    @Test(
        "has money to the last picodollar, as it is written",
        arguments: [
            ("0.1", 100_000_000_000), ("5.00", 5_000_000_000_000), ("0.000000000001", 1), ("0", 0),
            ("\"0.30\"", 300_000_000_000),
            ("123456.789012345678", 123_456_789_012_345_678),
        ])
    func money(text: String, picodollars: Int64) async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let configuration = try await folder.read(
            Prompts.yaml(scope: Prompts.scope, budget: "{ per_day: \(text) }"))
        #expect(configuration.budget.perDay == USD(picodollars: picodollars))
    }
}
