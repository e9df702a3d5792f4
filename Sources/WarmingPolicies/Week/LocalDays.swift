import Foundation

/// Days and wall time in a zone as moments, right across changes of the clock.
///
/// A day is counted from 1970-01-01, wall time in seconds of its day. Plain arithmetic on the zone's offset is enough,
/// so that no calendar and no locale come into it.
struct LocalDays {
    let timeZone: TimeZone

    static let secondsPerDay = 86_400

    /// The local day that a moment falls on.
    func day(of moment: Moment) -> Int {
        let seconds = Self.floorDivide(Int(moment.nanosecondsSince1970), 1_000_000_000)
        return Self.floorDivide(seconds + offset(at: seconds), Self.secondsPerDay)
    }

    /// The day of the week, Monday = 0; 1970-01-01 was a Thursday.
    static func weekday(of day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }

    /// When the wall clock shows a time. A time that a change of the clock skips is the moment of the change; of a time
    /// that comes twice it is the first, or the last if so wanted.
    func moment(day: Int, minutes: Int, last: Bool = false) -> Moment {
        let local = day * Self.secondsPerDay + minutes * 60
        // The offsets well before and well after; at most one change lies between.
        let before = offset(at: local - Self.secondsPerDay * 3 / 2)
        let after = offset(at: local + Self.secondsPerDay * 3 / 2)
        let shown = [local - before, local - after].filter { offset(at: $0) + $0 == local }
        let seconds = (last ? shown.max() : shown.min()) ?? change(between: local - after, and: local - before)
        return Moment(nanosecondsSince1970: 0) + .seconds(seconds)
    }

    /// The first second of the new offset.
    private func change(between early: Int, and late: Int) -> Int {
        var (low, high) = (early, late)
        let new = offset(at: late)
        while low < high {
            let middle = low + (high - low) / 2
            if offset(at: middle) == new { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func offset(at seconds: Int) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : (a - b + 1) / b }
}
