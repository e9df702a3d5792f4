#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// How likely a gap is to last: S(t), from the chances in each bin of ages.
///
/// ```
/// S(t) = exp(−∫₀ᵗ rate)      rate within a bin: −ln(1 − chance) / length × the hour's factor
/// ```
struct ReturnCurve: Sendable {
    static let mostHazard = 0.999
    /// Nothing is expected to come after three days.
    private static let end = 259_200.0
    /// Bins up to an hour, then hours up to two days, then the rest.
    private static let edges: [Double] =
        GapAges.edges.prefix { $0 < 3600 } + Array(stride(from: 3600, through: GapAges.last, by: 3600)) + [end]
    private static let firstHour = 14

    /// ∫ rate at each edge.
    private let cumulative: [Double]

    /// The rate that gives a chance over a unit of time.
    static func rate(_ chance: Double) -> Double { -log(1 - min(chance, mostHazard)) }

    /// - Parameters:
    ///   - start: when the gap began.
    ///   - hazard: the chance of each bin.
    init(start: Double, shared: SharedStatistics, hazard: (_ bin: Int) -> Double) {
        var steps = [Double](repeating: 0, count: Self.edges.count - 1)
        for bin in 0..<GapAges.count {
            let rate = Self.rate(hazard(bin))
            let from = GapAges.edges[bin]
            let hours = bin + 1 < GapAges.count ? Int((GapAges.edges[bin + 1] - from) / 3600) : 1
            let step = Self.step(from)
            for hour in 0..<max(1, hours) { steps[step + hour] += rate / Double(max(1, hours)) }
        }
        let factors = shared.clockOrigin == nil ? [] : shared.clock.factors
        var sum = 0.0
        var cumulative = [sum]
        cumulative.reserveCapacity(Self.edges.count)
        for step in steps.indices {
            if let origin = shared.clockOrigin, step >= GapAges.firstLate {
                let middle = start + (Self.edges[step] + min(Self.edges[step + 1], Self.edges[step] + 3600)) / 2
                sum += steps[step] * factors[ClockProfile.cell(middle - origin)]
            } else {
                sum += steps[step]
            }
            cumulative.append(sum)
        }
        self.cumulative = cumulative
    }

    private static func step(_ age: Double) -> Int {
        if age < 3600 { return GapAges.bin(age) }
        return min(firstHour + Int((age - 3600) / 3600), edges.count - 2)
    }

    /// The chance that a gap lasts longer than an age.
    func lasting(_ age: Double) -> Double {
        guard age < Self.end else { return forever }
        let step = Self.step(age)
        let share = (age - Self.edges[step]) / (Self.edges[step + 1] - Self.edges[step])
        return exp(-(cumulative[step] + share * (cumulative[step + 1] - cumulative[step])))
    }

    /// The chance that nobody returns.
    var forever: Double { exp(-(cumulative.last ?? 0)) }
}
