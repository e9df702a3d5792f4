import CachePrices
import Foundation
import OrderedJSON
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmerService
import WarmerTesting

@Suite("What the control API changes")
struct ControlActionTests {
    private func run(
        _ scope: String = Prompts.scope, folder: Folder? = nil, environment: [String: String] = [:],
        _ body: @escaping @Sendable (RunningDaemon, SteppedTime, ObedientProvider) async throws -> Void
    ) async throws {
        let clock = SteppedClock()
        let provider = ObedientProvider()
        try await RunningDaemon.run(
            scope, clock: clock, clients: ["anthropic": provider], folder: folder, environment: environment
        ) { daemon in
            await clock.time.settle()
            try await body(daemon, clock.time, provider)
        }
    }

    private static let changes = [
        "/v1/scopes/support/pause", "/v1/scopes/support/resume", "/v1/scopes/support/warm",
        "/v1/scopes/support/keep?for=1h", "/v1/scopes/support/drop", "/v1/pause", "/v1/resume",
        "/v1/warm", "/v1/warming/off", "/v1/warming/on", "/v1/reload",
    ]

    @Test("needs the token", arguments: changes)
    func token(path: String) async throws {
        try await run { daemon, time, provider in
            let before = provider.sent.count
            for headers in [
                [], [("authorization", "Bearer")], [("authorization", "Bearer " + String(repeating: "0", count: 64))],
                [("authorization", daemon.token)],
            ] {
                let answer = try await daemon.post(path, headers: headers)
                #expect(answer.status == 401)
                #expect(answer.body.contains("control.token: send it as Authorization: Bearer TOKEN"))
            }
            try await #expect(daemon.get(path).status == 404)
            #expect(await daemon.warmer.status.first?.isPaused == false)
            #expect(daemon.warmer.warmingOffReason == nil)
            #expect(provider.sent.count == before)
        }
    }

    @Test("is refused to web pages, even with the token", arguments: changes)
    func crossSite(path: String) async throws {
        try await run { daemon, _, provider in
            let before = provider.sent.count
            let token = ("authorization", "Bearer \(daemon.token)")
            let foreign = try await daemon.post(path, headers: [token, ("origin", "https://evil.example")])
            #expect(foreign.status == 403)
            let rebound = try await daemon.post(
                path, headers: [token, ("host", "evil.example"), ("origin", "http://evil.example")])
            #expect(rebound.status == 403)
            let hidden = try await daemon.post(path, headers: [token, ("sec-fetch-site", "cross-site")])
            #expect(hidden.status == 403)
            #expect(await daemon.warmer.status.first?.isPaused == false)
            #expect(provider.sent.count == before)
        }
    }

    @Test("another site may lead its user here, and ask for nothing else")
    func visits() async throws {
        try await run { daemon, _, _ in
            let site = ("sec-fetch-site", "cross-site")
            try await #expect(daemon.get("/", headers: [site, ("sec-fetch-mode", "navigate")]).status == 200)
            try await #expect(daemon.get("/v1/scopes", headers: [site, ("sec-fetch-mode", "no-cors")]).status == 403)
            try await #expect(daemon.get("/v1/scopes", headers: [("sec-fetch-site", "same-origin")]).status == 200)
        }
    }

    @Test("a scope that is kept is held whatever its policy says, until then or until it is dropped")
    func keep() async throws {
        try await run("name: support\nrequest: support.json\npolicy: idle:1@5m") { daemon, time, provider in
            let kept = try await daemon.change("/v1/scopes/support/keep?for=1h")
            #expect(kept.status == 200)
            #expect(kept.body.contains(#""kept_until":"2026-01-05T01:00:00Z""#))
            await time.advance(by: .seconds(7200))
            // One write, and a ping every 285 s up to the end of the hour.
            #expect(provider.sent.count == 13)
            let until = try await daemon.change("/v1/scopes/support/keep?until=2026-01-05T04:00:00%2B01:00")
            #expect(until.body.contains(#""kept_until":"2026-01-05T03:00:00Z""#))
            await time.advance(by: .seconds(600))
            #expect(provider.sent.count == 16)
            let dropped = try await daemon.change("/v1/scopes/support/drop")
            #expect(dropped.status == 200)
            #expect(dropped.body.contains("the conversation was said to be over"))
            await time.advance(by: .seconds(7200))
            #expect(provider.sent.count == 16)
            _ = try await daemon.post("/v1/scopes/support/arrivals")
            await time.advance(by: .seconds(7200))
            #expect(provider.sent.count == 17)
        }
    }

    @Test(
        "is refused where it cannot be meant",
        arguments: [
            ("keep", "say how long: for=2h, or until=2026-11-25T18:00:00Z"),
            ("keep?for=1h&until=2026-11-25T18:00:00Z", "say how long: for=2h, or until=2026-11-25T18:00:00Z"),
            ("keep?for=long", "for: 'long' is not a duration; write for example 2h, 45m or 90s"),
            ("keep?for=0s", "for: '0s' is not a duration; write for example 2h, 45m or 90s"),
            ("keep?until=noon", "until: 'noon' is not a time; write for example 2026-11-25T18:00:00Z"),
            ("keep?until=2025-12-31T23:59:59Z", "until: that is over already"),
            ("keep?for=9000h", "at most 31 days; to hold a scope for ever, give it a policy such as every:285s@5m"),
        ])
    func keptWrongly(query: String, message: String) async throws {
        try await run { daemon, _, _ in
            let answer = try await daemon.change("/v1/scopes/support/\(query)")
            #expect(answer.status == 400)
            #expect(answer.body == "{\"error\":{\"message\":\"\(message)\"}}\n")
        }
    }

    @Test("a paused scope sends nothing until it is resumed")
    func pause() async throws {
        try await run { daemon, time, provider in
            #expect(provider.sent.count == 1)
            let paused = try await daemon.change("/v1/scopes/support/pause")
            #expect(paused.status == 200 && paused.body.contains("\"state\":\"paused\""))
            await time.advance(by: .seconds(3600))
            #expect(provider.sent.count == 1)
            let resumed = try await daemon.change("/v1/scopes/support/resume")
            #expect(resumed.status == 200 && resumed.body.contains("\"paused\":false"))
            await time.settle()
            #expect(provider.sent.count == 2)
            try await #expect(daemon.change("/v1/pause").body == "{\"scopes\":1}\n")
            await time.advance(by: .seconds(3600))
            #expect(provider.sent.count == 2)
            try await #expect(daemon.change("/v1/resume").body == "{\"scopes\":1}\n")
            await time.settle()
            #expect(provider.sent.count == 3)
        }
    }

    @Test("a scope is warmed now, whatever its policy says, and its cost is counted")
    func warm() async throws {
        try await run("name: support\nrequest: support.json\npolicy: off@5m") { daemon, time, provider in
            let answer = try await daemon.change("/v1/scopes/support/warm")
            #expect(
                answer.body
                    == """
                    {"scope":"support","cost_usd":"0.003006","prefixes":[{"breakpoint":"system.0","verdict":"rewritten",\
                    "verified":null,"usage":{"input":3,"write_5m":1200,"write_1h":0,"read":0,"output":0},\
                    "cost_usd":"0.003006","latency_seconds":0}]}

                    """)
            #expect(await daemon.warmer.status.first?.totals.spent == .usd("0.003006"))
            let all = try await daemon.change("/v1/warm")
            #expect(all.body == "{\"warmed\":1,\"failed\":0,\"failures\":[]}\n")
            #expect(provider.sent.count == 2)
            let ticks = try await daemon.get("/v1/scopes/support/ticks?limit=1")
            #expect(ticks.body.contains("\"outcome\":\"hit\"") && ticks.body.contains("\"reason\":\"asked for\""))
        }
    }

    @Test("the kill switch stops spending at once, is told of everywhere, and survives a restart")
    func killSwitch() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        try await run(folder: folder) { daemon, time, provider in
            let off = try await daemon.change("/v1/warming/off")
            #expect(off.status == 200 && off.body.hasPrefix("{\"on\":false,\"off_reason\":\"by the kill switch at"))
            await time.advance(by: .seconds(3600))
            #expect(provider.sent.count == 1)
            let warmed = try await daemon.change("/v1/scopes/support/warm")
            #expect(warmed.status == 409 && warmed.body.contains("warming is switched off"))
            #expect(provider.sent.count == 1)
            let scope = try await daemon.get("/v1/scopes/support")
            #expect(scope.body.contains("\"reason\":\"warming is switched off: by the kill switch"))
            try await #expect(daemon.get("/metrics").body.contains("prompt_cache_warmer_warming_on 0\n"))
        }
        try await run(folder: folder) { daemon, time, provider in
            await time.advance(by: .seconds(3600))
            #expect(provider.sent.isEmpty)
            try await #expect(daemon.change("/v1/warming/on").body == "{\"on\":true,\"off_reason\":null}\n")
            await time.settle()
            #expect(provider.sent.count == 1)
        }
        try await run(folder: folder) { _, time, provider in
            await time.settle()
            #expect(provider.sent.count == 1)
        }
    }

    @Test("WARMER_WARMING=off starts a daemon that spends nothing")
    func environment() async throws {
        try await run(environment: ["WARMER_WARMING": "off"]) { daemon, time, provider in
            await time.advance(by: .seconds(3600))
            #expect(provider.sent.isEmpty)
            let answer = try await daemon.get("/v1/daemon")
            #expect(answer.body.contains("\"off_reason\":\"WARMER_WARMING=off in the daemon's environment\""))
        }
    }

    @Test("what does not exist is said, with what there is", arguments: ["pause", "resume", "warm"])
    func unknown(verb: String) async throws {
        try await run { daemon, _, _ in
            let answer = try await daemon.change("/v1/scopes/suport/\(verb)")
            #expect(answer.status == 404)
            #expect(answer.body == "{\"error\":{\"message\":\"there is no scope 'suport': there is support\"}}\n")
        }
    }

    @Test("a token that others may read is refused at the start, with what to do")
    func openToken() async throws {
        let folder = try Folder(["support.json": Prompts.request(), "placeholder": ""])
        let state = folder.state
        try FileManager.default.createDirectory(atPath: state.path, withIntermediateDirectories: true)
        try folder.write(String(repeating: "a", count: 64), to: "state/control.token")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: state.tokenFile)
        let daemon = try WarmerDaemon(
            await folder.read(Prompts.yaml(scope: Prompts.scope, more: "dashboard: { listen: 127.0.0.1:0 }")),
            clients: [:], state: state, logger: RunningDaemon.logger, announce: { _ in })
        await #expect(throws: DaemonError.self) { try await daemon.run() }
    }
}
