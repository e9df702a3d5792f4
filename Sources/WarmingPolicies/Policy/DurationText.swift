/// Durations as policy names have them: `240s`, `1.5s`, and when reading also `4m` and `1h`.
package enum DurationText {
    /// In seconds, to the millisecond.
    package static func write(_ duration: Duration) -> String {
        let milliseconds = duration.nanoseconds / 1_000_000
        let (seconds, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        let sign = milliseconds < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(seconds)s" }
        var fraction = String(String(1000 + rest).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(sign)\(seconds).\(fraction)s"
    }

    /// Nil for anything that is not a decimal of at most three decimals with a unit.
    package static func read(_ text: some StringProtocol) -> Duration? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }) else { return nil }
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let whole = parts.first.flatMap({ Int64($0) }), whole < 1_000_000
        else { return nil }
        guard parts.count > 1 else { return .seconds(whole * unit) }
        guard parts[1].count <= 3, let fraction = Int64(parts[1]) else { return nil }
        let scale: [Int64] = [1000, 100, 10, 1]
        return .milliseconds((whole * 1000 + fraction * scale[parts[1].count]) * unit)
    }
}
