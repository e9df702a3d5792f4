public import PromptCache

/// What reading and writing a token cost, in multiples of the input price.
///
/// Policies weigh tokens, not money, so that floating point does.
public struct PriceRatios: Hashable, Sendable {
    /// A read: 0.1, 0.05 or 0.025 for the provider's models.
    public let read: Double
    /// A write for 5 minutes: 1.25.
    public let write5m: Double
    /// A write for an hour: 2.
    public let write1h: Double

    /// All zero or more. What is not is taken for the worst, so that nothing is pinged: reading costs without limit,
    /// or writing nothing.
    public init(read: Double, write5m: Double = 1.25, write1h: Double = 2) {
        self.read = read >= 0 ? read : .infinity
        self.write5m = write5m >= 0 ? write5m : 0
        self.write1h = write1h >= 0 ? write1h : 0
    }

    /// The provider's ratios for most models: a read costs a tenth of the input price.
    public static let usual = PriceRatios(read: 0.1)

    /// The ratios of prices in any one unit.
    public init(input: Double, read: Double, write5m: Double, write1h: Double) {
        self.init(read: read / input, write5m: write5m / input, write1h: write1h / input)
    }

    /// A write for a lifetime.
    public func write(_ lifetime: Lifetime) -> Double {
        switch lifetime {
        case .fiveMinutes: write5m
        case .oneHour: write1h
        }
    }

    /// What is read and written of a usage, in tokens at the input price.
    public func cost(of usage: Usage) -> Double {
        read * Double(usage.read) + write5m * Double(usage.write5m) + write1h * Double(usage.write1h)
    }

    /// What a miss costs more than a hit: w − r.
    public func missCost(_ lifetime: Lifetime) -> Double { write(lifetime) - read }

    /// How many pings cost no more than the write that they spare, (w − r) / r rounded down: 11 for 5 minutes and 19 for
    /// an hour where a read costs a tenth. At most ``mostPings``, also where reading is free.
    public func breakEvenPings(_ lifetime: Lifetime) -> Int {
        let miss = missCost(lifetime)
        guard miss > 0 else { return 0 }
        // 1.9 / 0.1 must not come out as 18.999…
        return Int(min(miss / read + 1e-9, Double(Self.mostPings)))
    }

    /// Where reading is free, break-even still ends: after this many pings in one gap.
    public static let mostPings = 1000
}
