import CachePrices
import Foundation
import HTTPTypes
import Hummingbird
import PromptCache
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmerTesting

@testable import WarmerService

@Suite("docs/openapi.yaml")
struct OpenAPITests {
    /// Requests that bring every described answer about; what they change is undone by those after.
    private static let requests: [(operation: String, path: String, status: Int)] = [
        ("GET /health", "/health", 200),
        ("GET /ready", "/ready", 200),
        ("GET /v1/daemon", "/v1/daemon", 200),
        ("GET /v1/budget", "/v1/budget", 200),
        ("GET /v1/fleet", "/v1/fleet", 200),
        ("GET /v1/scopes", "/v1/scopes", 200),
        ("GET /v1/scopes", "/v1/scopes?state=hot", 400),
        ("GET /v1/scopes/{name}", "/v1/scopes/support", 200),
        ("GET /v1/scopes/{name}", "/v1/scopes/nix", 404),
        ("GET /v1/scopes/{name}/ticks", "/v1/scopes/support/ticks", 200),
        ("GET /v1/scopes/{name}/ticks", "/v1/scopes/nix/ticks", 404),
        ("GET /v1/traffic", "/v1/traffic", 200),
        ("GET /v1/traffic", "/v1/traffic?limit=many", 400),
        ("POST /v1/scopes/{name}/arrivals", "/v1/scopes/support/arrivals", 202),
        ("POST /v1/scopes/{name}/arrivals", "/v1/scopes/nix/arrivals", 404),
        ("POST /v1/scopes/{name}/pause", "/v1/scopes/support/pause", 200),
        ("POST /v1/scopes/{name}/pause", "/v1/scopes/nix/pause", 404),
        ("POST /v1/scopes/{name}/resume", "/v1/scopes/support/resume", 200),
        ("POST /v1/scopes/{name}/resume", "/v1/scopes/nix/resume", 404),
        ("POST /v1/scopes/{name}/keep", "/v1/scopes/support/keep?for=2h", 200),
        ("POST /v1/scopes/{name}/keep", "/v1/scopes/support/keep", 400),
        ("POST /v1/scopes/{name}/keep", "/v1/scopes/nix/keep?for=2h", 404),
        ("POST /v1/scopes/{name}/drop", "/v1/scopes/support/drop", 200),
        ("POST /v1/scopes/{name}/drop", "/v1/scopes/nix/drop", 404),
        ("POST /v1/scopes/{name}/warm", "/v1/scopes/support/warm?verify=true", 200),
        ("POST /v1/scopes/{name}/warm", "/v1/scopes/nix/warm", 404),
        ("POST /v1/pause", "/v1/pause", 200),
        ("POST /v1/resume", "/v1/resume", 200),
        ("POST /v1/warm", "/v1/warm", 200),
        ("POST /v1/warming/off", "/v1/warming/off", 200),
        ("POST /v1/scopes/{name}/warm", "/v1/scopes/support/warm", 409),
        ("POST /v1/warm", "/v1/warm", 200),
        ("GET /v1/daemon", "/v1/daemon", 200),
        ("POST /v1/warming/on", "/v1/warming/on", 200),
        ("POST /v1/reload", "/v1/reload", 200),
    ]

    @Test("describes every answer of every route, key by key, and nothing that no route gives")
    func answers() async throws {
        let clock = SteppedClock()
        try await RunningDaemon.run(
            Prompts.scope + "\nbudget: { per_day: 0.50 }", clock: clock, clients: ["anthropic": ObedientProvider()]
        ) { daemon in
            let api = try OpenAPI()
            await clock.time.settle()
            for (operation, path, status) in Self.requests {
                let answer =
                    operation.hasPrefix("GET") ? try await daemon.get(path) : try await daemon.change(path)
                #expect(answer.status == status, "\(operation)")
                let faults = try api.faults(of: answer.body, status: status, to: operation)
                #expect(faults == [], "\(faults)")
            }
            let scope = try #require(await daemon.warmer.status.first)
            let warmth = try await daemon.get("/v1/warmth/\(scope.key.hex)")
            let faults = try api.faults(of: warmth.body, status: warmth.status, to: "GET /v1/warmth/{key}")
            #expect(faults == [], "\(faults)")
            try daemon.folder.write("nonsense", to: "warmer.yaml")
            let refused = try await daemon.change("/v1/reload")
            let others = try api.faults(of: refused.body, status: refused.status, to: "POST /v1/reload")
            #expect(others == [], "\(others)")
        }
    }

    @Test("and the server have the same routes, and the same ones behind the token")
    func routes() async throws {
        let (operations, guarded) = (try OpenAPI().operations, try OpenAPI().guarded)
        let clock = SteppedClock()
        try await RunningDaemon.run(clock: clock, clients: ["anthropic": ObedientProvider()]) { daemon in
            for operation in operations where operation.hasPrefix("POST") {
                let path = operation.dropFirst(5).replacing("{name}", with: "nix").replacing("{key}", with: "0")
                let answer = try await daemon.post(String(path))
                #expect((answer.status == 401) == guarded.contains(operation), "\(operation)")
            }
        }
        let folder = try Folder()
        let warmer = CacheWarmer(clients: [:], options: WarmerOptions(clock: clock))
        let configuration = WarmerConfiguration(upstreams: [:], budget: .standard, scopes: [])
        let keeper = ConfigurationKeeper(
            configuration, load: nil, warmer: warmer, clock: clock, logger: RunningDaemon.logger,
            metrics: PrometheusMetrics())
        let desk = ControlDesk(
            warmer: warmer, clock: clock, keeper: keeper, fleet: nil, history: TickHistory(),
            ledger: LedgerReader(nil, clock: clock),
            whatIf: WhatIf(nil, clock: clock, prices: .builtIn, timeZone: .gmt), arrivals: ArrivalHistory(),
            metrics: PrometheusMetrics(),
            killSwitch: KillSwitch(warmer: warmer, state: folder.state),
            token: try ControlToken.readOrMake(folder.state), startedAt: clock.now.wall)
        let routes = ControlRoutes(desk: desk).router.routes.map { route in
            let path = "\(route.path)".split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : "\($0)" }
            return "\(route.method.rawValue) /\(path.joined(separator: "/"))"
        }
        #expect(Set(routes) == operations)
    }
}
