import Foundation
import OrderedJSON
import PromptCacheWarmer
import WarmingPolicies

/// An emulator's time, read once: enough for a command that is over in a moment.
enum EmulatorTime {
    static func clock(_ url: String) async throws -> any WarmClock {
        let root = try await JSONOverHTTP.get("\(url)/emulator/clock", what: "--clock \(url)")
        guard let now = root["now_ns"]?.integer, let start = root["wall_of_start"]?.integer else {
            throw Failure(
                .usage, "--clock \(url): does not tell the time of an emulator; give the URL of `warmer emulate`")
        }
        let moment = Moment(secondsSince1970: Double(start)) + .nanoseconds(now)
        return ShiftedClock(by: moment - SystemClock().now.wall)
    }

    /// The machine's clock at another time.
    private struct ShiftedClock: WarmClock {
        private let clock = SystemClock()
        private let shift: Duration

        init(by shift: Duration) { self.shift = shift }

        var now: ClockReading {
            let now = clock.now
            return ClockReading(elapsed: now.elapsed + shift, wall: now.wall + shift)
        }

        func sleep(until deadline: Moment) async throws { try await clock.sleep(until: deadline - shift) }
        func hold() {}
        func release() {}
    }
}
