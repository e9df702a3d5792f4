import Foundation
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmerService
import WarmerTesting

@Suite("The control API")
struct ControlAPITests {
    private static let key = try! MessagesRequest(Array(Prompts.request().utf8)).lastPrefix(in: RequestContext())!.key
        .hex

    private func run(
        _ scope: String = Prompts.scope,
        _ body: @escaping @Sendable (RunningDaemon, SteppedTime, ObedientProvider) async throws -> Void
    ) async throws {
        let clock = SteppedClock()
        let provider = ObedientProvider()
        try await RunningDaemon.run(scope, clock: clock, clients: ["anthropic": provider]) { daemon in
            await clock.time.settle()
            try await body(daemon, clock.time, provider)
        }
    }

    @Test("tells of each scope what it does next, when and why, and what it has cost")
    func scopes() async throws {
        try await run { daemon, time, _ in
            await time.advance(by: .seconds(300))
            let answer = try await daemon.get("/v1/scopes")
            #expect(answer.status == 200)
            #expect(
                answer.body
                    == """
                    {"scopes":[{"id":"support","scope":"support","model":"claude-sonnet-5-5","breakpoint":"system.0",\
                    "key":"\(Self.key)","state":"warm","policy":"every:240s@5m","lifetime":"5m","life_left_seconds":240,\
                    "next":{"at":"2026-01-05T00:08:00Z","in_seconds":180,"is_ping":true,"reason":"REASON"},\
                    "paused":false,"kept_until":null,"held_by":null,"stopped":null,\
                    "totals":{"arrivals":0,"pings":2,"hits":1,"rewrites":0,"failures":0,"refusals":0,\
                    "spent_usd":"0.003132"},\
                    "last_usage":{"input":3,"write_5m":0,"write_1h":0,"read":1200,"output":0},\
                    "last_ping":{"at":"2026-01-05T00:04:00Z","outcome":"hit","cause":null,"cost_usd":"0.000126",\
                    "calls":1,"latency_seconds":0}}],\
                    "spent_today_usd":"0.003132","budget_per_day_usd":"5","found":1}

                    """.replacingReasons(in: answer.body))
            let one = try await daemon.get("/v1/scopes/support")
            #expect(one.status == 200)
            #expect(answer.body.contains(one.body.dropFirst(11).dropLast(3)))
        }
    }

    @Test("shows people a table")
    func table() async throws {
        try await run { daemon, _, _ in
            let answer = try await daemon.get("/")
            #expect(answer.status == 200)
            let lines = answer.body.split(separator: "\n")
            #expect(lines[0] == "SCOPE    MODEL              POLICY         LIFE LEFT  PINGS  HITS  SPENT     NEXT")
            #expect(
                lines[1].hasPrefix(
                    "support  claude-sonnet-5-5  every:240s@5m  300 s      1      0     $0.00301  ping in"))
            #expect(lines[2] == "spent today: $0.00301 of $5.00")
            let health = try await daemon.get("/health")
            #expect(health.body == "{\"status\":\"ok\"}\n")
        }
    }

    @Test("notes arrivals, with the usage and the time that the host knows of")
    func arrivals() async throws {
        try await run("name: support\nrequest: support.json\npolicy: idle:1@5m") { daemon, time, provider in
            let plain = try await daemon.post("/v1/scopes/support/arrivals")
            #expect(plain.status == 202 && plain.body == "{\"scope\":\"support\"}\n")
            await time.settle()
            #expect(await daemon.warmer.status.first?.totals.arrivals == 1)
            #expect(await daemon.warmer.status.first?.lifeLeft == .seconds(300))
            await time.advance(by: .seconds(100))
            let usage = #"{"usage": {"input_tokens": 9, "cache_read_input_tokens": 1200}, "seconds_ago": 40.5}"#
            let told = try await daemon.post("/v1/scopes/support/arrivals", body: usage)
            #expect(told.status == 202)
            await time.settle()
            let status = try #require(await daemon.warmer.status.first)
            #expect(status.totals.arrivals == 2)
            #expect(status.lifeLeft == .seconds(259.5))
            #expect(status.lastUsage == Usage(input: 9, read: 1200))
            #expect(provider.sent.isEmpty)
            await time.advance(by: .seconds(260))
            #expect(provider.sent.count == 1)
        }
    }

    @Test(
        "refuses what it does not understand, and says why",
        arguments: [
            (
                "/v1/scopes/suport/arrivals", "", 404,
                "there is no scope 'suport': there is support"
            ),
            (
                "/v1/scopes/support/arrivals", "{", 400,
                "not valid JSON: expected a key in quotes (line 1, column 2)"
            ),
            (
                "/v1/scopes/support/arrivals", "[]", 400,
                #"must be an object such as {\"usage\": {\"input_tokens\": 3}}"#
            ),
            (
                "/v1/scopes/support/arrivals", #"{"usage": 5}"#, 400,
                "usage: must be the usage of the provider's response, as it came"
            ),
            (
                "/v1/scopes/support/arrivals", #"{"useage": {}}"#, 400,
                "useage: is not known: keys are usage, seconds_ago, awaits, sub_agent, ttft_ms"
            ),
            (
                "/v1/scopes/support/arrivals", #"{"seconds_ago": -1}"#, 400,
                "seconds_ago: must be the seconds since the request began, 0 to 86400"
            ),
            (
                "/v1/scopes/support/arrivals", #"{"awaits": "godot"}"#, 400,
                "awaits: must be what the conversation waits for: tool, human or unknown"
            ),
            (
                "/v1/scopes/support/arrivals", #"{"sub_agent": "yes"}"#, 400,
                "sub_agent: must be true or false"
            ),
            (
                "/v1/scopes/support/arrivals", #"{"ttft_ms": "soon"}"#, 400,
                "ttft_ms: must be the milliseconds until the response began, 0 to 86400000"
            ),
            (
                "/v1/scopes/support/arrivals", #"{"usage": ""# + String(repeating: "a", count: 70_000) + #""}"#, 413,
                "the body is larger than 65536 bytes"
            ),
        ])
    func refusals(path: String, body: String, status: Int, message: String) async throws {
        try await run { daemon, time, _ in
            let answer = try await daemon.post(path, body: body)
            #expect(answer.status == status)
            #expect(answer.body == "{\"error\":{\"message\":\"\(message)\"}}\n")
            await time.settle()
            #expect(await daemon.warmer.status.first?.totals.arrivals == 0)
        }
    }

    @Test("says how long a prefix is still kept, by its key")
    func warmth() async throws {
        try await run("name: support\nrequest: support.json\npolicy: off@5m") { daemon, time, _ in
            let cold = try await daemon.get("/v1/warmth/\(Self.key)")
            #expect(
                cold.body == """
                    {"key":"\(Self.key)","scope":"support","model":"claude-sonnet-5-5","breakpoint":"system.0",\
                    "lifetime":"5m","life_left_seconds":0,"is_warm":false}

                    """)
            _ = try await daemon.post("/v1/scopes/support/arrivals")
            await time.advance(by: .seconds(60))
            let warm = try await daemon.get("/v1/warmth/\(Self.key)")
            #expect(warm.body.contains(#""life_left_seconds":240,"is_warm":true"#))
            let unknown = try await daemon.get("/v1/warmth/0123")
            #expect(unknown.status == 404)
            #expect(
                unknown.body
                    == "{\"error\":{\"message\":\"no scope has the prefix 0123: see GET /v1/scopes for those there are\"}}\n"
            )
        }
    }

    @Test(
        "answers nobody who comes by another name than this machine's",
        arguments: [
            ("evil.example", 403), ("evil.example:8788", 403), ("127.0.0.1.evil.example", 403), ("10.0.0.1", 403),
            ("localhost", 200), ("localhost:8788", 200), ("127.0.0.1:1", 200), ("[::1]:8788", 200),
            ("LOCALHOST:1", 200),
        ])
    func hosts(host: String, status: Int) async throws {
        try await run { daemon, _, _ in
            let answer = try await daemon.get("/health", headers: [("host", host)])
            #expect(answer.status == status)
        }
    }

    @Test(
        "is not driven by web pages: an Origin must be its own",
        arguments: [
            ("https://evil.example", 403), ("http://localhost:3000", 403), ("null", 403),
            ("http://localhost:8788", 200),
            ("http://LOCALHOST:8788", 200), ("https://localhost:8788", 403),
        ])
    func origins(origin: String, status: Int) async throws {
        try await run { daemon, _, _ in
            let answer = try await daemon.get("/health", headers: [("host", "localhost:8788"), ("origin", origin)])
            #expect(answer.status == status)
        }
    }
}

extension String {
    /// Takes over the sentences of another text for each `REASON`: they belong to the policies, and are tested there.
    fileprivate func replacingReasons(in actual: String) -> String {
        guard let root = try? JSONText(Array(actual.utf8)).root,
            let scope = root["scopes"]?.elements.first(where: { _ in true })
        else { return self }
        let reasons = [scope["next"]?["reason"], scope["last_tick"]?["reason"], scope["last_tick"]?["next"]]
        return reasons.reduce(self) { text, reason in
            guard let sentence = reason?.string, let place = text.range(of: "REASON") else { return text }
            return text.replacingCharacters(in: place, with: sentence)
        }
    }
}
