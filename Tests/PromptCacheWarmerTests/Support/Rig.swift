import CachePrices
import Logging
import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmerTesting
import WarmingPolicies

/// A warmer on a stepped clock with a scripted upstream, and everything it has said.
final class Rig: Sendable {
    let clock: SteppedClock
    let call: ScriptedCall
    let warmer: CacheWarmer
    private let heard: Heard

    private final class Heard: Sendable {
        let ticks = Mutex<[Tick]>([])
    }

    init(
        budget: Budget = .perDay(.usd("100")), latency: Duration = .milliseconds(900), pingsPerSecond: Double = 50,
        on machine: SleepingMachine? = nil, experience: (any ExperienceStore)? = nil,
        ledger: (any Ledger)? = nil, clock: SteppedClock? = nil,
        call: ScriptedCall? = nil
    ) {
        let clock = machine?.stepped ?? clock ?? SteppedClock()
        self.clock = clock
        let time: any WarmClock = machine ?? clock
        let call = call ?? ScriptedCall(clock: time, latency: latency)
        self.call = call
        let heard = Heard()
        self.heard = heard
        warmer = CacheWarmer(
            clients: ["default": call],
            options: WarmerOptions(
                budget: budget, ledger: ledger, experience: experience, clock: time,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                pingsPerSecond: pingsPerSecond, random: { 0 },
                onTick: { tick in heard.ticks.withLock { $0.append(tick) } }))
    }

    var ticks: [Tick] { heard.ticks.withLock { $0 } }

    /// Starts warming scopes.
    func start(_ scopes: WarmScope...) async throws {
        for scope in scopes { try await warmer.add(scope) }
        await warmer.start()
        await clock.settle()
    }

    /// A request of the user's touches a scope.
    func arrive(at scope: String = "support") {
        call.touch(at: clock.now.elapsed)
        warmer.noteArrival(of: scope)
    }

    /// Stops the warmer while time goes on.
    func stop() async { try? await clock.goOn { [warmer] in await warmer.stop() } }
}

extension SteppedClock {
    /// Lets time go on until work is done that does not hold it.
    func goOn<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let flag = Flag()
        let task = Task {
            defer { flag.isUp.store(true, ordering: .relaxed) }
            return try await work()
        }
        while !flag.isUp.load(ordering: .relaxed) {
            await advance(seconds: 1)
            await Task.yield()
        }
        return try await task.value
    }

    private final class Flag: Sendable {
        let isUp = Atomic(false)
    }
}
