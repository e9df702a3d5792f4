import Foundation
import PostgresWarmStore
import PromptCacheWarmer
import SteppedTime
import TestPostgres
import Testing
import WarmerService
import WarmerTesting
import WarmingPolicies

@Suite("What is shown of a fleet")
struct FleetPageTests {
    private static let html = [("accept", "text/html")]

    @Test("Nothing, where there is none")
    func none() async throws {
        try await RunningDaemon.run(clock: SteppedClock(), clients: ["anthropic": ObedientProvider()]) { daemon in
            let fleet = try await daemon.get("/v1/fleet")
            #expect(fleet.status == 200 && fleet.body == #"{"replica":null,"fault":null,"replicas":[]}"# + "\n")
            let page = try await daemon.get("/fleet")
            #expect(page.status == 404 && page.body.contains("there is no fleet"))
            #expect(try await !daemon.get("/", headers: Self.html).body.contains("/fleet"))
            #expect(try await !daemon.get("/scopes/support").body.contains("Held by"))
        }
    }

    @Test("Each replica with what it holds, its clock and its lag; those that have gone silent last")
    func shown() async throws {
        let clock = SteppedClock()
        let now: @Sendable () -> Moment = { clock.now.wall }
        let url = try await PostgresFixture.shared().database()
        let store = try await PostgresWarmStore.open(url, budget: .standard, now: now, logger: RunningDaemon.logger)
        try await RunningDaemon.run(
            clock: clock, clients: ["anthropic": ObedientProvider()], store: store
        ) { daemon in
            _ = try await store.beat(FleetBeat(replica: "gone", wall: now(), scopes: 9, holds: 9))
            await clock.time.advance(by: .seconds(36))
            _ = try await store.beat(
                FleetBeat(replica: "west", wall: now() + .seconds(75), scopes: 4, holds: 2, lag: .milliseconds(1_500)))
            await clock.time.advance(by: .seconds(4))
            let fleet = try await daemon.get("/v1/fleet")
            #expect(try OpenAPI().faults(of: fleet.body, status: 200, to: "GET /v1/fleet") == [])
            let replicas = fleet.body.split(separator: "},{")
            #expect(replicas[0].contains(#""is_this":true,"is_silent":false"#))
            #expect(replicas[0].contains(#""clock_skew_seconds":0,"lag_seconds":0,"scopes":1,"holds":1,"pings":1"#))
            #expect(
                replicas[1] == #"""
                    "name":"west","is_this":false,"is_silent":false,"heard_seconds_ago":4,"clock_skew_seconds":75,\#
                    "lag_seconds":1.5,"scopes":4,"holds":2,"pings":0,"late_pings":0
                    """#)
            #expect(replicas[2].contains(#""name":"gone","is_this":false,"is_silent":true,"heard_seconds_ago":40"#))
            let here = try #require(await daemon.warmer.status.first?.holder)
            #expect(try await daemon.get("/v1/scopes").body.contains(#""held_by":"\#(here)""#))

            #expect(try await daemon.get("/", headers: Self.html).body.contains(#"<a href="/fleet">Fleet</a>"#))
            #expect(try await daemon.get("/scopes/support").body.contains("<dt>Held by</dt><dd>\(here)</dd>"))
            let page = try await daemon.get("/fleet").body
            #expect(page.contains("<dt>Replicas</dt><dd>2</dd>") && page.contains("<dt>Silent</dt><dd>1</dd>"))
            #expect(page.contains(#"<dd class="loss">75.0 s ahead</dd>"#) && page.contains("<dd>1.5 s</dd>"))
            #expect(page.contains("holds 2 of 4 prefixes") && page.contains("<span class=\"who\">\(here)</span>"))
        }
    }

    @Test("What was known last, and why, while the store cannot be asked")
    func away() async throws {
        let clock = SteppedClock()
        let postgres = try await PostgresFixture.start()
        let store = try await PostgresWarmStore.open(
            try await postgres.database(), budget: .standard, now: { clock.now.wall }, logger: RunningDaemon.logger)
        try await RunningDaemon.run(
            clock: clock, clients: ["anthropic": ObedientProvider()], store: store
        ) { daemon in
            await clock.time.settle()
            #expect(try await daemon.get("/v1/fleet").body.contains(#""fault":null,"replicas":[{"#))
            try await postgres.stop()
            var body = ""
            repeat { body = try await daemon.get("/v1/fleet").body } while body.contains(#""fault":null"#)
            #expect(body.contains("cannot be reached") && body.contains(#""is_this":true"#))
            #expect(try await daemon.get("/fleet").body.contains("The store cannot be asked"))
        }
    }
}
