import Foundation
import PromptCacheWarmer
import WarmingPolicies

/// Until when a scope is to be kept: `for=2h`, or `until=2026-11-25T18:00:00Z`.
struct KeepTime {
    private enum Value {
        case duration(Duration)
        case wall(Moment)
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let value: Value

    /// Whoever means longer than this has mistyped it, or wants a policy that holds for ever.
    private static let longest = Duration.seconds(31 * 86_400)

    init(for duration: Substring?, until moment: Substring?) throws(Fault) {
        switch (duration, moment) {
        case (let text?, nil):
            guard let duration = DurationText.read(text), duration > .zero else {
                throw Fault(description: "for: '\(text)' is not a duration; write for example 2h, 45m or 90s")
            }
            value = .duration(duration)
        case (nil, let text?):
            guard let date = try? Date(String(text), strategy: .iso8601) else {
                throw Fault(description: "until: '\(text)' is not a time; write for example 2026-11-25T18:00:00Z")
            }
            value = .wall(Moment(secondsSince1970: date.timeIntervalSince1970))
        default: throw Fault(description: "say how long: for=2h, or until=2026-11-25T18:00:00Z")
        }
    }

    /// On the elapsed axis.
    func end(now: ClockReading) throws(Fault) -> Moment {
        let end =
            switch value {
            case .duration(let duration): now.elapsed + duration
            case .wall(let moment): now.elapsed(atWall: moment)
            }
        guard end > now.elapsed else { throw Fault(description: "until: that is over already") }
        guard end <= now.elapsed + Self.longest else {
            throw Fault(
                description: "at most 31 days; to hold a scope for ever, give it a policy such as every:285s@5m")
        }
        return end
    }
}
