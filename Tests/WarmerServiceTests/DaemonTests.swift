import PromptCacheWarmer
import ServiceLifecycle
import SteppedTime
import Testing
import WarmerService
import WarmerTesting

@Suite("The daemon")
struct DaemonTests {
    @Test("tells where it listens, keeps warm, and stops cleanly")
    func life() async throws {
        let clock = SteppedClock()
        let provider = ObedientProvider()
        try await RunningDaemon.run(clock: clock, clients: ["anthropic": provider]) { daemon in
            #expect(daemon.base.hasPrefix("http://127.0.0.1:"))
            await clock.time.advance(by: .seconds(3600))
            // A write, and from then on a read every 240 s.
            #expect(provider.sent.count == 16)
        }
        await clock.time.advance(by: .seconds(3600))
        #expect(provider.sent.count == 16)
    }

    @Test("is described without what is in it: service groups describe their services")
    func description() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let daemon = try WarmerDaemon(
            await folder.read(Prompts.yaml(scope: Prompts.scope)), state: folder.state, logger: RunningDaemon.logger
        ) { _ in }
        #expect("\(daemon)" == "WarmerDaemon")
    }

    @Test("sends nothing, and says what to do, if its address is taken")
    func addressTaken() async throws {
        let clock = SteppedClock()
        let first = ObedientProvider()
        try await RunningDaemon.run(clock: clock, clients: ["anthropic": first]) { daemon in
            let port = daemon.base.split(separator: ":").last ?? ""
            let folder = try Folder(["support.json": Prompts.request()])
            let yaml = Prompts.yaml(scope: Prompts.scope, more: "dashboard: { listen: 127.0.0.1:\(port) }")
            let second = ObedientProvider()
            let other = try WarmerDaemon(
                await folder.read(yaml), clients: ["anthropic": second], state: folder.state,
                logger: RunningDaemon.logger
            ) { _ in Issue.record("it does not listen") }
            do {
                try await ServiceGroup(services: [other], logger: RunningDaemon.logger).run()
                Issue.record("it must not run")
            } catch {
                #expect(
                    "\(error)".hasPrefix("cannot listen on 127.0.0.1:\(port): ")
                        && "\(error)".hasSuffix("stop what listens there, or choose another port as dashboard.listen"))
            }
            #expect(second.sent.isEmpty)
        }
    }

    @Test("warms without listening where the dashboard is off")
    func noDashboard() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        let configuration = try await folder.read(Prompts.yaml(scope: Prompts.scope, more: "dashboard: off"))
        let clock = SteppedClock()
        let provider = ObedientProvider()
        let (ticks, ticked) = AsyncStream.makeStream(of: Tick.self)
        let daemon = try WarmerDaemon(
            configuration, clock: clock, clients: ["anthropic": provider], state: folder.state,
            logger: RunningDaemon.logger, onTick: { ticked.yield($0) },
            announce: { _ in Issue.record("nothing listens") })
        let group = ServiceGroup(services: [daemon], logger: RunningDaemon.logger)
        async let running: Void = group.run()
        let first = await ticks.first { _ in true }
        #expect(first?.scope == "support")
        await group.triggerGracefulShutdown()
        try await running
    }
}
