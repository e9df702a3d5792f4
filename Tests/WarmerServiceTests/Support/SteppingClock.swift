import PromptCacheWarmer
import SteppedTime
import WarmingPolicies

/// A warmer's clock on stepped time.
struct SteppingClock: WarmClock {
    let time = SteppedTime()

    private static let start = Moment(secondsSince1970: Double(SteppedTime.wallOfStart))

    var now: ClockReading {
        let moment = Self.start + time.now
        return ClockReading(elapsed: moment, wall: moment)
    }

    func sleep(until deadline: Moment) async throws { try await time.sleep(until: deadline - Self.start) }
    func hold() { time.hold() }
    func release() { time.release() }
}
