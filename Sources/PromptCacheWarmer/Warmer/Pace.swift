import PromptCache
import Synchronization
import WarmingPolicies

/// How fast pings may follow each other in a lane, and when they must wait: for the provider's sake, and for that of real
/// traffic under the same rate limits.
///
/// A state machine without effects. Calls are spaced evenly, so that nothing bursts after a sleep of the machine.
struct Pace: Sendable {
    /// A time in which no ping begins.
    struct Pause: Sendable, Hashable {
        var until: Moment
        /// For people.
        var reason: String
    }

    private let interval: Duration
    /// When the next call would be due if they were spaced evenly.
    private var slot = Moment.distantPast
    private var asked: Pause?
    /// The calls in a row that found the provider overloaded, or a rate limit used up.
    private var overloads = 0
    private var yielding: Pause?

    /// A timer wakes late, then several calls are due at once: that many may go.
    private static let slack = Duration.milliseconds(50)
    /// Below this share of a rate limit pings leave what is left to real traffic.
    static let yieldsBelow = 0.25
    /// However the headers read, pings look again after an hour.
    private static let longestPause = Duration.seconds(3600)

    init(callsPerSecond: Double) { interval = .seconds(1 / callsPerSecond) }

    /// The pause that is in force.
    func pause(at now: Moment) -> Pause? {
        [asked, yielding].compactMap(\.self).filter { $0.until > now }.max { $0.until < $1.until }
    }

    /// The earliest moment for the next call.
    func nextFree(at now: Moment) -> Moment { max(slot - Self.slack, pause(at: now)?.until ?? now, now) }

    /// A call begins.
    mutating func take(at now: Moment) { slot = max(slot, now) + interval }

    /// A response has come.
    mutating func observe(_ response: WarmResponse, at now: ClockReading) {
        if response.status == 429 || response.status == 529 {
            // What was under way when the pause began tells nothing new.
            if asked.map({ $0.until <= now.elapsed }) ?? true { overloads += 1 }
            let usual = min(RetryPlan.first * Double(1 << min(overloads - 1, 10)), RetryPlan.longest)
            let until = now.elapsed + min(response.advice.delay ?? usual, Self.longestPause)
            if until > asked?.until ?? .distantPast {
                asked = Pause(until: until, reason: "waits as the provider asked for with \(response.status)")
            }
        } else if response.status == 200 {
            overloads = 0
        }
        guard let limits = response.limits else { return }
        guard limits.share < Self.yieldsBelow else {
            yielding = nil
            return
        }
        // Limits fill up evenly until their reset.
        let missing = (Self.yieldsBelow - limits.share) / (1 - limits.share)
        let untilReset = max(.zero, limits.resetAt - now.wall)
        yielding = Pause(
            until: now.elapsed + min(untilReset * missing, Self.longestPause),
            reason: "waits: \(Int(limits.share * 100)) % of a rate limit is left, and real traffic goes first")
    }
}

/// The pace of a lane, as its pings share it.
final class SharedPace: Sendable {
    private let pace: Mutex<Pace>

    init(callsPerSecond: Double) { pace = Mutex(Pace(callsPerSecond: callsPerSecond)) }

    func pause(at now: Moment) -> Pace.Pause? { pace.withLock { $0.pause(at: now) } }
    func nextFree(at now: Moment) -> Moment { pace.withLock { $0.nextFree(at: now) } }

    /// Lets a call begin now if it may.
    ///
    /// - Returns: when to ask again; nil if it may.
    func take(at now: Moment) -> Moment? {
        pace.withLock { pace in
            let free = pace.nextFree(at: now)
            if free > now { return free }
            pace.take(at: now)
            return nil
        }
    }

    /// A call begins, whether it may or not.
    func takeAtOnce(at now: Moment) { pace.withLock { $0.take(at: now) } }

    func observe(_ response: WarmResponse, at now: ClockReading) { pace.withLock { $0.observe(response, at: now) } }
}
