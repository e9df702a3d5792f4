import PromptCacheEmulator
import PromptCacheWarmer
import ServiceLifecycle
import SteppedTime
import Testing
import WarmerService
import WarmingPolicies

/// The daemon and an emulator as two processes would be: over HTTP alone.
@Suite("A clock that follows an emulator")
struct FollowerClockTests {
    @Test("drives the daemon through hours without a lapse, and everything due has been done when an advance returns")
    func hours() async throws {
        try await Emulator.run { emulator in
            let clock = try await FollowerClock.join(emulator.baseURL, as: "daemon")
            try await RunningDaemon.run(clock: clock, clients: nil, upstream: emulator.baseURL) { daemon in
                await emulator.time.advance(by: .seconds(10))
                var pings = 0
                for hour in 1...6 {
                    await emulator.time.advance(to: .seconds(3600 * hour))
                    let status = await daemon.warmer.status[0]
                    #expect(status.lifeLeft > .zero)
                    #expect(status.totals.pings > pings)
                    pings = status.totals.pings
                }
                let totals = await daemon.warmer.status[0].totals
                #expect(totals.rewrites == 0 && totals.failures == 0)
                #expect((90...92).contains(pings))
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

    @Test("ends the daemon, with what to do, when the emulator has gone")
    func lost() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let (lines, announced) = AsyncStream.makeStream(of: String.self)
        let (url, group) = try await Emulator.run { emulator in
            let clock = try await FollowerClock.join(emulator.baseURL, as: "daemon")
            let yaml = Prompts.yaml(scope: Prompts.scope, more: "dashboard: { listen: 127.0.0.1:0 }")
                .replacing("https://api.anthropic.com", with: emulator.baseURL)
            let daemon = try WarmerDaemon(
                await folder.read(yaml), clock: clock, state: folder.state, logger: RunningDaemon.logger
            ) { announced.yield($0) }
            let group = Task { try await ServiceGroup(services: [daemon], logger: RunningDaemon.logger).run() }
            _ = await lines.first { _ in true }
            await emulator.time.advance(by: .seconds(1000))
            return (emulator.baseURL, group)
        }
        do {
            try await group.value
            Issue.record("it must not end well")
        } catch {
            #expect("\(error)".hasPrefix("no answer from the clock at \(url): "))
            #expect("\(error)".hasSuffix("; check that the emulator runs"))
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
