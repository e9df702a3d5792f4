import PromptCacheWarmer
import Synchronization
import WarmerTesting
import WarmingPolicies

/// Stepped time on a machine that can be suspended: its clocks run on, but nothing wakes until it does.
final class SleepingMachine: WarmClock {
    let stepped = SteppedClock()
    private let missed = Mutex(Duration.zero)

    /// Suspends the machine; on waking its clocks show that much more.
    func suspend(for duration: Duration) { missed.withLock { $0 += duration } }

    private var offset: Duration { missed.withLock(\.self) }

    var now: ClockReading {
        let now = stepped.now
        return ClockReading(elapsed: now.elapsed + offset, wall: now.wall + offset)
    }

    func sleep(until deadline: Moment) async throws { try await stepped.sleep(until: deadline - offset) }
    func hold() { stepped.hold() }
    func release() { stepped.release() }
}
