/// How much busier or quieter than their ages say gaps end at each hour of the day, on weekdays and at weekends.
struct ClockProfile: Hashable, Sendable {
    static let cells = 48
    /// So many arrivals as expected are taken for seen in each hour.
    private static let trust: Float = 8
    private static let range: ClosedRange<Float> = 0.02...8

    var observed = [Float](repeating: 0, count: cells)
    var expected = [Float](repeating: 0, count: cells)

    /// The cell of a moment in seconds since a Monday, 00:00.
    static func cell(_ seconds: Double) -> Int {
        let hours = Int((seconds / 3600).rounded(.down))
        let hour = ((hours % 168) + 168) % 168
        return (hour / 24 >= 5 ? 24 : 0) + hour % 24
    }

    /// By what the rate of arrivals is multiplied in each cell.
    var factors: [Double] {
        zip(observed, expected).map { observed, expected in
            let factor = (observed + Self.trust) / (expected + Self.trust)
            return Double(min(max(factor, Self.range.lowerBound), Self.range.upperBound))
        }
    }
}
