/// An exact ratio of two whole numbers in lowest terms, zero or more: a multiplier of prices.
public struct Ratio: Hashable, Sendable {
    /// Zero or more.
    public let numerator: Int64
    /// Above zero.
    public let denominator: Int64

    /// Both come from prices that have been checked or from constants.
    init(_ numerator: Int64, _ denominator: Int64) {
        precondition(numerator >= 0 && denominator > 0, "a ratio is zero or more, over a number above zero")
        let divisor = Self.greatestCommonDivisor(numerator, denominator)
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    /// The nearest floating-point number, for estimates in tokens; never for money.
    public var doubleValue: Double { Double(numerator) / Double(denominator) }

    /// The product of small ratios such as price modifiers.
    static func * (a: Ratio, b: Ratio) -> Ratio {
        Ratio(a.numerator * b.numerator, a.denominator * b.denominator)
    }

    private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}

extension Ratio: Comparable {
    public static func < (a: Ratio, b: Ratio) -> Bool {
        let left = a.numerator.multipliedFullWidth(by: b.denominator)
        let right = b.numerator.multipliedFullWidth(by: a.denominator)
        return (left.high, left.low) < (right.high, right.low)
    }
}

extension Ratio: CustomStringConvertible {
    /// For example `1/40`, or `19` where it is whole.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
