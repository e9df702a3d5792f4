import CachePrices
import Foundation
import PromptCache
import PromptCacheWarmer
import SQLiteWarmStore
import ServiceLifecycle
import SteppedTime
import Testing
import WarmerService
import WarmerTesting
import WarmingPolicies

@Suite("The daemon's files")
struct StoreTests {
    /// Runs a daemon without a dashboard over a stretch of time.
    private func run(
        _ configuration: WarmerConfiguration, _ clock: SteppedClock, _ provider: ObedientProvider,
        in folder: Folder,
        body: () async throws -> Void
    ) async throws {
        let (ticks, ticked) = AsyncStream.makeStream(of: Tick.self)
        let daemon = try WarmerDaemon(
            configuration, clock: clock, clients: ["anthropic": provider],
            store: await configuration.openStore(clock: clock, logger: RunningDaemon.logger), state: folder.state,
            logger: RunningDaemon.logger,
            onTick: { ticked.yield($0) }, announce: { _ in })
        let group = ServiceGroup(services: [daemon], logger: RunningDaemon.logger)
        async let running: Void = group.run()
        _ = await ticks.first { _ in true }
        try await body()
        await group.triggerGracefulShutdown()
        try await running
    }

    @Test("The ledger has every ping, and a daemon that starts anew knows what was spent before")
    func ledger() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let configuration = try await folder.read(Prompts.yaml(scope: Prompts.scope, more: "dashboard: off"))
        let clock = SteppedClock()
        let provider = ObedientProvider()
        try await run(configuration, clock, provider, in: folder) { await clock.time.advance(by: .seconds(3600)) }
        let first = provider.sent.count
        #expect(first > 10)
        let store = try #require(try await configuration.openStore(clock: clock, logger: RunningDaemon.logger))
        let rows = try await store.rows(from: .distantPast, to: .distantFuture)
        #expect(rows.count == first)
        #expect(rows.allSatisfy { $0.scope == "support" && $0.upstream == "anthropic" && $0.kind == .ping })
        let spent = rows.reduce(USD.zero) { $0 + ($1.cost ?? .zero) }
        #expect(spent > .zero)
        #expect(await store.spent(on: clock.now.wall) == spent)

        var poor = configuration
        poor.budget = .perDay(spent)
        let later = ObedientProvider()
        try await run(poor, clock, later, in: folder) { await clock.time.advance(by: .seconds(3600)) }
        #expect(later.sent.isEmpty)
    }

    @Test("A scope that follows a version goes on with the one that is switched to")
    func versions() async throws {
        let folder = try Folder()
        let versions = try await VersionStore.open("\(folder.path)/warmer-versions.sqlite")
        let clock = SteppedClock()
        func record(_ text: String) async throws {
            let request = try MessagesRequest(Array(Prompts.request(text: Prompts.book + text).utf8))
            let version = try await versions.record("support", request, at: clock.now.wall).version
            try await versions.switchTo(version, in: "prod", at: clock.now.wall)
        }
        try await record("first")
        let scope = "name: support\nversion: support@prod\npolicy: every:240s@5m"
        let configuration = try await folder.read(Prompts.yaml(scope: scope, more: "dashboard: off"))
        let provider = ObedientProvider()
        func bodies(with text: String) -> Int {
            provider.sent.count { String(decoding: $0.body, as: UTF8.self).contains(text) }
        }
        try await run(configuration, clock, provider, in: folder) {
            await clock.time.advance(by: .seconds(600))
            #expect(bodies(with: "first") >= 3 && bodies(with: "second") == 0)
            try await record("second")
            let old = bodies(with: "first")
            await clock.time.advance(by: .seconds(600))
            #expect(bodies(with: "second") >= 2)
            #expect(bodies(with: "first") <= old + 1)
        }
    }

    @Test("A version that is not there is told, with what to do")
    func missing() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let scope = "name: support\nversion: support@prod\npolicy: every:240s@5m"
        #expect(
            try await folder.faults(Prompts.yaml(scope: scope)) == [
                "warmer.yaml:6:14: scopes.0.version: warmer-versions.sqlite: there is no such file of versions; check the path"
            ])
        _ = try await VersionStore.open("\(folder.path)/warmer-versions.sqlite")
        let faults = try await folder.faults(Prompts.yaml(scope: scope))
        #expect(faults.first?.contains("warmer versions record support REQUEST.json --env prod") == true)
        let both = scope.replacing("policy", with: "request: support.json\npolicy")
        #expect(try await folder.faults(Prompts.yaml(scope: both)).first?.contains("stands beside version") == true)
        let wrong = scope.replacing("support@prod", with: "support")
        #expect(try await folder.faults(Prompts.yaml(scope: wrong)).first?.contains("such as") != nil)
    }
}
