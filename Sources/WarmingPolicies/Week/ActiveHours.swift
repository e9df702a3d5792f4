public import Foundation

/// The hours of the week in which scopes are kept warm: `Mon-Fri 08:00-20:00, Sat 10:00-14:00`.
///
/// Wall time in a zone, from the first moment to just before the last. Where a change of the clock makes a time come
/// twice, hours open at the first and close at the last; where it skips one, the moment of the change stands for it.
public struct ActiveHours: Hashable, Sendable {
    private struct Span: Hashable, Sendable {
        var days: Set<Int>
        /// Minutes since midnight.
        var opens: Int
        /// Minutes since the same midnight: beyond 24 hours where it closes on the next day.
        var closes: Int
    }

    private let spans: [Span]
    /// The zone whose wall time counts.
    public let timeZone: TimeZone

    /// Reads hours.
    ///
    /// Parts are separated by commas. Each has a day, a range of days (which may run over Sunday, `Fri-Mon`) or `daily`,
    /// and a range of times, which may run over midnight (`22:00-06:00`, counted to the day it begins on) or end at
    /// `24:00`. One part alone may leave the days out.
    ///
    /// - Throws: ``WeekTextError`` for anything else, and for hours that never open.
    public init(_ text: String, timeZone: TimeZone) throws(WeekTextError) {
        var spans: [Span] = []
        for (days, times) in try WeekText.alternatives(text) {
            let ends = times.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2 else {
                throw WeekTextError(text, "has '\(times)', which should be from when to when, such as 08:00-20:00")
            }
            let opens = try WeekText.minutes(ends[0], isEnd: false, in: text)
            let closes = try WeekText.minutes(ends[1], isEnd: true, in: text)
            guard opens != closes else {
                throw WeekTextError(text, "never opens: '\(times)' ends when it begins; all day is 00:00-24:00")
            }
            spans.append(Span(days: days, opens: opens, closes: closes > opens ? closes : closes + 24 * 60))
        }
        self.spans = spans
        self.timeZone = timeZone
    }

    /// Whether a moment lies within the hours.
    public func isOpen(at moment: Moment) -> Bool {
        let day = LocalDays(timeZone: timeZone).day(of: moment)
        return intervals(days: day - 2...day + 1).contains { $0.contains(moment) }
    }

    /// The next moment at which closed hours open; nil if they never close.
    public func nextOpening(after moment: Moment) -> Moment? {
        intervals(around: moment).lazy.map(\.lowerBound).first { $0 > moment }
    }

    /// The next moment at which open hours close; nil if they never do.
    public func nextClosing(after moment: Moment) -> Moment? {
        intervals(around: moment).lazy.map(\.upperBound).first { $0 > moment && $0 < moment + .seconds(16 * 86_400) }
    }

    /// Open intervals from before a moment to well after it. Hours repeat weekly and a change of the clock may take one
    /// out, so that what does not close within sixteen days never does; only where the last day ends is made up.
    private func intervals(around moment: Moment) -> [Range<Moment>] {
        let today = LocalDays(timeZone: timeZone).day(of: moment)
        return intervals(days: today - 2...today + 20)
    }

    /// The open intervals that begin on some days, in order, joined where they touch.
    private func intervals(days: ClosedRange<Int>) -> [Range<Moment>] {
        let local = LocalDays(timeZone: timeZone)
        let midnight = 24 * 60
        var joined: [Range<Moment>] = []
        let all = days.flatMap { day in
            spans.filter { $0.days.contains(LocalDays.weekday(of: day)) }.map { span in
                let opens = local.moment(day: day, minutes: span.opens)
                let closes = local.moment(
                    day: day + span.closes / midnight, minutes: span.closes % midnight, last: true)
                return opens..<max(opens, closes)
            }
        }
        for next in all.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, last.upperBound >= next.lowerBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, next.upperBound)
            } else {
                joined.append(next)
            }
        }
        return joined
    }
}

extension ActiveHours: CustomStringConvertible {
    /// The hours as they are read.
    public var description: String {
        spans.map { span in
            let closes = span.closes > 24 * 60 ? span.closes - 24 * 60 : span.closes
            return "\(WeekText.write(span.days)) "
                + "\(WeekText.write(minutes: span.opens))-\(WeekText.write(minutes: closes))"
        }.joined(separator: ", ")
    }
}
