import CachePrices
import PromptCache
import PromptCacheWarmer
import SQLiteWarmStore
import SteppedTime
import Testing
import WarmerService
import WarmerTesting

@Suite("Reading the configuration again")
struct ReloadTests {
    private func run(
        _ body: @escaping @Sendable (RunningDaemon, SteppedTime, ObedientProvider) async throws -> Void
    ) async throws {
        let clock = SteppedClock()
        let provider = ObedientProvider()
        try await RunningDaemon.run(clock: clock, clients: ["anthropic": provider]) { daemon in
            await clock.time.settle()
            try await body(daemon, clock.time, provider)
        }
    }

    private static func yaml(_ scope: String, more: String = "", budget: String = "{ per_day: 5.00 }") -> String {
        Prompts.yaml(scope: scope, budget: budget, more: more + "\ndashboard: { listen: 127.0.0.1:0 }")
    }

    @Test("keeps the state of scopes whose prefix and policy are the same")
    func keeps() async throws {
        try await run { daemon, time, provider in
            await time.advance(by: .seconds(300))
            #expect(provider.sent.count == 2)
            let before = try #require(await daemon.warmer.status.first)
            try daemon.folder.write(
                Self.yaml(Prompts.scope + "\nbudget: { per_day: 1.00 }"), to: "warmer.yaml")
            try await #expect(daemon.change("/v1/reload").body == "{\"applied\":true,\"faults\":[]}\n")
            let after = try #require(await daemon.warmer.status.first)
            #expect(after.totals == before.totals && after.lifeLeft == before.lifeLeft)
            #expect(after.nextAt == before.nextAt && after.lastPing == before.lastPing)
            await time.advance(by: .seconds(179))
            #expect(provider.sent.count == 2)
            await time.advance(by: .seconds(1))
            #expect(provider.sent.count == 3)
        }
    }

    @Test("keeps a pause, too")
    func keepsPauses() async throws {
        try await run { daemon, time, provider in
            _ = try await daemon.change("/v1/scopes/support/pause")
            try await #expect(daemon.change("/v1/reload").status == 200)
            await time.advance(by: .seconds(3600))
            #expect(provider.sent.count == 1)
        }
    }

    @Test("begins anew where the policy is another, and forgets scopes that are gone")
    func changes() async throws {
        try await run { daemon, time, provider in
            try daemon.folder.write(
                Self.yaml("name: other\nrequest: support.json\npolicy: every:100s@5m"), to: "warmer.yaml")
            try await #expect(daemon.change("/v1/reload").status == 200)
            #expect(await daemon.warmer.status.map(\.id) == ["other"])
            await time.settle()
            #expect(provider.sent.count == 2)
            try daemon.folder.write(
                Self.yaml("name: other\nrequest: support.json\npolicy: off@5m"), to: "warmer.yaml")
            try await #expect(daemon.change("/v1/reload").status == 200)
            await time.advance(by: .seconds(3600))
            #expect(provider.sent.count == 2)
        }
    }

    @Test("leaves the running one in force where the new one is bad, and says why")
    func bad() async throws {
        try await run { daemon, time, provider in
            try daemon.folder.write(Self.yaml("name: x\nrequest: gone.json\npolicy: often"), to: "warmer.yaml")
            let answer = try await daemon.change("/v1/reload")
            #expect(answer.status == 409)
            #expect(answer.body.contains("gone.json: there is no such file") && answer.body.contains("'often'"))
            #expect(await daemon.warmer.status.map(\.id) == ["support"])
            let told = try await daemon.get("/v1/daemon")
            #expect(told.body.contains("gone.json: there is no such file"))
            let metrics = try await daemon.get("/metrics")
            #expect(metrics.body.contains("prompt_cache_warmer_configuration_last_reload_successful 0\n"))
            // The change of the file may have been seen too by now.
            #expect(metrics.body.contains(#/reloads_total\{result="refused"\} [12]\n/#))
            await time.advance(by: .seconds(240))
            #expect(provider.sent.count == 2)
            try daemon.folder.write(Self.yaml(Prompts.scope), to: "warmer.yaml")
            try await #expect(daemon.change("/v1/reload").status == 200)
            try await #expect(daemon.get("/v1/daemon").body.contains("\"faults\":[]"))
        }
    }

    @Test(
        "says what takes effect only at a start",
        arguments: [
            ("dashboard: { listen: 127.0.0.1:1 }", "dashboard"),
            ("log: json\ndashboard: { listen: 127.0.0.1:0 }", "log"),
        ])
    func fixed(line: String, section: String) async throws {
        try await run { daemon, _, _ in
            try daemon.folder.write(Prompts.yaml(scope: Prompts.scope, more: line), to: "warmer.yaml")
            let answer = try await daemon.change("/v1/reload")
            #expect(answer.status == 409)
            #expect(answer.body.contains("\(section): takes effect only at a start: restart the daemon"))
        }
    }

    @Test("a budget takes effect at once, both ways")
    func budget() async throws {
        try await run { daemon, time, provider in
            try daemon.folder.write(Self.yaml(Prompts.scope, budget: "{ per_day: 0 }"), to: "warmer.yaml")
            try await #expect(daemon.change("/v1/reload").status == 200)
            await time.advance(by: .seconds(3600))
            #expect(provider.sent.count == 1)
            try daemon.folder.write(Self.yaml(Prompts.scope), to: "warmer.yaml")
            try await #expect(daemon.change("/v1/reload").status == 200)
            await time.settle()
            #expect(provider.sent.count == 2)
        }
    }

    @Test("makes a scope follow what it names then, and whatever becomes current there")
    func follows() async throws {
        let folder = try Folder()
        let clock = SteppedClock()
        let provider = ObedientProvider()
        let versions = try await VersionStore.open("\(folder.path)/warmer-versions.sqlite")
        @Sendable func record(_ text: String, in environment: String) async throws {
            let request = try MessagesRequest(Array(Prompts.request(text: Prompts.book + text).utf8))
            let version = try await versions.record("support", request, at: clock.now.wall).version
            try await versions.switchTo(version, in: environment, at: clock.now.wall)
        }
        @Sendable func last() -> String { String(decoding: provider.sent.last?.body ?? [], as: UTF8.self) }
        try await record("first", in: "prod")
        try await record("second", in: "staging")
        let scope = "name: support\nversion: support@prod\npolicy: every:240s@5m"
        try await RunningDaemon.run(scope, clock: clock, clients: ["anthropic": provider], folder: folder) { daemon in
            await clock.time.settle()
            #expect(last().contains("first"))
            let other = "name: support\nversion: support@staging\npolicy: every:200s@5m"
            try daemon.folder.write(Self.yaml(other), to: "warmer.yaml")
            try await #expect(daemon.change("/v1/reload").status == 200)
            await clock.time.advance(by: .seconds(60))
            #expect(last().contains("second"))
            try await record("third", in: "staging")
            await clock.time.advance(by: .seconds(60))
            #expect(last().contains("third"))
            let count = provider.sent.count
            await clock.time.advance(by: .seconds(600))
            #expect(provider.sent.count == count + 3 && last().contains("third"), "on the terms of the reload")
        }
    }
}
