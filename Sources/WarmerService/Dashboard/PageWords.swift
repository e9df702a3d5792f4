import Foundation
import WarmingPolicies

/// How pages write times.
struct PageWords {
    let now: Moment
    let timeZone: TimeZone

    /// `4:59`, `1:00:00`.
    static func clock(_ duration: Duration) -> String {
        let whole = max(0, Int(duration / .seconds(1)))
        let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds))" : "\(minutes):\(two(seconds))"
    }

    /// `10:43:40`, with the day where it is not today's.
    func time(_ moment: Moment) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let (date, today) = (Self.date(moment), Self.date(now))
        let parts = calendar.dateComponents([.month, .day, .hour, .minute, .second], from: date)
        let clock = "\(Self.two(parts.hour ?? 0)):\(Self.two(parts.minute ?? 0)):\(Self.two(parts.second ?? 0))"
        if calendar.isDate(date, inSameDayAs: today) { return clock }
        return "\(Self.two(parts.month ?? 0))-\(Self.two(parts.day ?? 0)) \(clock)"
    }

    /// `10:00`.
    func hour(_ moment: Moment) -> String { String(time(moment).dropLast(3)) }

    /// Milliseconds since 1970, as scripts count.
    static func milliseconds(_ moment: Moment) -> String { String(Int64(moment.secondsSince1970 * 1000)) }

    private static func date(_ moment: Moment) -> Date { Date(timeIntervalSince1970: moment.secondsSince1970) }
    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
