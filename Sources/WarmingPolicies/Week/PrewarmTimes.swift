public import Foundation

/// The moments of the week at which to write a scope before anybody comes: `Mon-Fri 07:58, Sat 09:58`.
public struct PrewarmTimes: Hashable, Sendable {
    private struct Time: Hashable, Sendable {
        var days: Set<Int>
        /// Minutes since midnight.
        var minutes: Int
    }

    private let times: [Time]
    /// The zone whose wall time counts.
    public let timeZone: TimeZone

    /// Reads times. Parts are separated by commas; each has a day, a range of days or `daily`, and a time. One part
    /// alone may leave the days out.
    ///
    /// - Throws: ``WeekTextError`` for anything else.
    public init(_ text: String, timeZone: TimeZone) throws(WeekTextError) {
        var times: [Time] = []
        for (days, time) in try WeekText.alternatives(text) {
            guard !time.contains("-") else {
                throw WeekTextError(text, "has the range '\(time)' where one time is asked for, such as 07:58")
            }
            times.append(Time(days: days, minutes: try WeekText.minutes(time, isEnd: false, in: text)))
        }
        self.times = times
        self.timeZone = timeZone
    }

    /// The first of the times after a moment. A time that a change of the clock skips is the moment of the change, and
    /// one that comes twice counts once.
    public func next(after moment: Moment) -> Moment {
        let local = LocalDays(timeZone: timeZone)
        let today = local.day(of: moment)
        for day in today...today + 15 {
            let those = times.filter { $0.days.contains(LocalDays.weekday(of: day)) }
            let moments = those.map { local.moment(day: day, minutes: $0.minutes) }
            if let next = moments.filter({ $0 > moment }).min() { return next }
        }
        // Only at the end of the axis is there no next week.
        return Moment(nanosecondsSince1970: .max)
    }
}

extension PrewarmTimes: CustomStringConvertible {
    /// The times as they are read.
    public var description: String {
        times.map { "\(WeekText.write($0.days)) \(WeekText.write(minutes: $0.minutes))" }.joined(separator: ", ")
    }
}
