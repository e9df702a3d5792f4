import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmerService
import WarmingPolicies

/// The daemon and an emulator as two processes would be: over HTTP alone.
@Suite("A clock that follows an emulator")
struct FollowerClockTests {
    @Test("drives the daemon through a day without a lapse, and everything due has been done when an advance returns")
    func day() async throws {
        try await Emulator.run { emulator in
            let clock = try await FollowerClock.join(emulator.baseURL, as: "daemon")
            try await RunningDaemon.run(clock: clock, clients: nil, upstream: emulator.baseURL) { daemon in
                await emulator.time.advance(by: .seconds(10))
                var pings = 0
                for hour in 1...24 {
                    await emulator.time.advance(to: .seconds(3600 * hour))
                    let status = await daemon.warmer.status[0]
                    #expect(status.lifeLeft > .zero)
                    #expect(status.totals.pings > pings)
                    pings = status.totals.pings
                }
                let totals = await daemon.warmer.status[0].totals
                #expect(totals.rewrites == 0 && totals.failures == 0)
                #expect((360...362).contains(pings))
            }
            // Nobody waits for a daemon that has gone.
            await emulator.time.advance(by: .seconds(3600))
        }
    }

    @Test("is held by an arrival until the warmer has it")
    func arrivals() async throws {
        try await Emulator.run { emulator in
            let clock = try await FollowerClock.join(emulator.baseURL, as: "daemon")
            let scope = "name: support\nrequest: support.json\npolicy: idle:2/240s@5m"
            try await RunningDaemon.run(scope, clock: clock, clients: nil, upstream: emulator.baseURL) { daemon in
                for round in 1...10 {
                    let answer = try await daemon.post("/v1/scopes/support/arrivals")
                    #expect(answer.status == 202)
                    await emulator.time.advance(by: .seconds(3600))
                    let totals = await daemon.warmer.status[0].totals
                    #expect(totals.arrivals == round && totals.pings == 2 * round)
                }
            }
        }
    }

    @Test("says what to do where there is no emulator")
    func nobody() async throws {
        await #expect(throws: ClockError.self) { try await FollowerClock.join("http://127.0.0.1:1", as: "daemon") }
        do {
            _ = try await FollowerClock.join("localhost:8080", as: "daemon")
        } catch {
            #expect(
                "\(error)" == "'localhost:8080' is no base URL: give --clock the URL that warmer emulate prints")
        }
    }
}
