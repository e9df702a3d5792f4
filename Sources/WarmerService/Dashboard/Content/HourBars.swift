import CachePrices
import WarmingPolicies

/// A number for each of the last hours, as bars.
struct HourBars {
    struct Bar {
        /// Units of the drawing, not pixels.
        var x: Int
        var y: Int
        var height: Int
        var title: String
    }

    static let hours = 24
    private static let height = 100
    private static let step = 25

    var bars: [Bar]
    var summary: String
    var first: String
    var last: String

    /// - Parameter hours: in which something happened: how high each bar is, from 0 to 1 or nil for none, and what it says.
    init(_ hours: [(start: Moment, share: Double?, title: String)], _ words: PageWords, summary: String) {
        let current = Int64(words.now.secondsSince1970.rounded(.down)) / 3600
        bars = hours.compactMap { hour in
            let age = Int(current - Int64(hour.start.secondsSince1970) / 3600)
            guard (0..<Self.hours).contains(age), let share = hour.share else { return nil }
            let height = max(2, Int((share * Double(Self.height)).rounded()))
            return Bar(
                x: (Self.hours - 1 - age) * Self.step, y: Self.height - height, height: height,
                title: "\(words.hour(hour.start)): \(hour.title)")
        }
        self.summary = summary
        let start = Moment(secondsSince1970: Double(current - Int64(Self.hours) + 1) * 3600)
        first = words.hour(start)
        last = words.hour(Moment(secondsSince1970: Double(current) * 3600))
    }
}
