/// A point on one axis of time that runs on while the machine sleeps.
///
/// Whoever makes moments takes the wall time once, when the process starts, and adds monotonic time to it from then on,
/// so that a corrected wall clock never moves them. The room of policies itself never asks what time it is.
public struct Moment: Hashable, Sendable {
    /// Nanoseconds since 1970-01-01 00:00 UTC; years 1677 to 2262.
    public let nanosecondsSince1970: Int64

    /// A moment in nanoseconds since 1970.
    public init(nanosecondsSince1970: Int64) {
        self.nanosecondsSince1970 = nanosecondsSince1970
    }

    /// A moment in seconds since 1970, rounded to a nanosecond; the end of the axis where it lies beyond.
    public init(secondsSince1970 seconds: Double) {
        // The whole and the rest apart, since their product has more digits than a Double.
        let whole = seconds.rounded(.down)
        guard abs(whole) < 9e9 else {
            nanosecondsSince1970 = whole < 0 ? .min : .max
            return
        }
        nanosecondsSince1970 = Int64(whole) * Self.perSecond + Int64(((seconds - whole) * 1e9).rounded())
    }

    /// Seconds since 1970, for people and other programs; not exact below a microsecond.
    public var secondsSince1970: Double {
        let (seconds, rest) = nanosecondsSince1970.quotientAndRemainder(dividingBy: Self.perSecond)
        return Double(seconds) + Double(rest) / Double(Self.perSecond)
    }

    /// The end of the axis: later than anything that is waited for.
    public static let distantFuture = Moment(nanosecondsSince1970: .max)

    /// The beginning of the axis.
    public static let distantPast = Moment(nanosecondsSince1970: .min)

    static let perSecond: Int64 = 1_000_000_000
}

extension Moment: Comparable {
    public static func < (a: Moment, b: Moment) -> Bool { a.nanosecondsSince1970 < b.nanosecondsSince1970 }
}

extension Moment {
    /// The moment that much later, or the end of the axis.
    public static func + (moment: Moment, duration: Duration) -> Moment {
        let (sum, overflows) = moment.nanosecondsSince1970.addingReportingOverflow(duration.nanoseconds)
        return Moment(nanosecondsSince1970: overflows ? (duration < .zero ? .min : .max) : sum)
    }

    /// The moment that much earlier, or the end of the axis.
    public static func - (moment: Moment, duration: Duration) -> Moment { moment + (.zero - duration) }

    /// The time from the second moment to the first.
    public static func - (later: Moment, earlier: Moment) -> Duration {
        // Each on its own, since the difference of both ends of the axis does not fit in 64 bits.
        .nanoseconds(later.nanosecondsSince1970) - .nanoseconds(earlier.nanosecondsSince1970)
    }
}

extension Moment: Codable {
    /// Reads nanoseconds since 1970.
    public init(from decoder: any Decoder) throws {
        nanosecondsSince1970 = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes nanoseconds since 1970.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanosecondsSince1970)
    }
}

extension Duration {
    /// The nearest whole nanoseconds, or the end of their range.
    var nanoseconds: Int64 {
        let half = Duration(secondsComponent: 0, attosecondsComponent: Moment.perSecond / 2)
        let (seconds, attoseconds) = (self < .zero ? self - half : self + half).components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: Moment.perSecond)
        let (sum, overflowsToo) = product.addingReportingOverflow(attoseconds / Moment.perSecond)
        return overflows || overflowsToo ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds for estimates and messages.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
