/// An amount of money: a whole number of 10⁻¹² US dollars (picodollars).
///
/// One token of a model at 5 USD per million costs 5,000,000 of them, so that every published price is exact. The range
/// is about ±9.2 million dollars; arithmetic stops at its ends instead of overflowing. There is no floating point.
public struct USD: Hashable, Sendable {
    /// The amount in 10⁻¹² dollars.
    public let picodollars: Int64

    /// An amount in 10⁻¹² dollars.
    public init(picodollars: Int64) {
        self.picodollars = picodollars
    }

    /// No money.
    public static let zero = USD(picodollars: 0)

    /// The largest amount there is; what saturated sums and products come to.
    public static let largest = USD(picodollars: .max)

    /// The largest amount that is read from text: a million dollars. More is taken for a mistake.
    public static let largestInText = USD(picodollars: 1_000_000 * picodollarsPerDollar)

    static let picodollarsPerDollar: Int64 = 1_000_000_000_000
}

extension USD: Comparable {
    public static func < (a: USD, b: USD) -> Bool { a.picodollars < b.picodollars }
}

extension USD: AdditiveArithmetic {
    /// The sum, or the end of the range that it would pass.
    public static func + (a: USD, b: USD) -> USD {
        let (sum, overflows) = a.picodollars.addingReportingOverflow(b.picodollars)
        return USD(picodollars: overflows ? (a.picodollars < 0 ? .min : .max) : sum)
    }

    /// The difference, or the end of the range that it would pass. May be below zero: a loss is an amount too.
    public static func - (a: USD, b: USD) -> USD {
        let (difference, overflows) = a.picodollars.subtractingReportingOverflow(b.picodollars)
        return USD(picodollars: overflows ? (a.picodollars < 0 ? .min : .max) : difference)
    }
}

extension USD {
    /// The price of so many tokens, or the end of the range that it would pass.
    public static func * (price: USD, count: Int) -> USD {
        let (product, overflows) = price.picodollars.multipliedReportingOverflow(by: Int64(count))
        guard overflows else { return USD(picodollars: product) }
        return USD(picodollars: (price.picodollars < 0) == (count < 0) ? .max : .min)
    }

    /// The amount times an exact ratio, rounded up to the next picodollar where it does not come out even; the end of
    /// the range where it would pass it.
    public func scaled(by ratio: Ratio) -> USD {
        let isNegative = picodollars < 0
        let divisor = UInt64(ratio.denominator)
        let (high, low) = picodollars.magnitude.multipliedFullWidth(by: UInt64(ratio.numerator))
        guard high < divisor else { return USD(picodollars: isNegative ? .min : .max) }
        let (quotient, remainder) = divisor.dividingFullWidth((high, low))
        // Up means towards plus: a negative amount loses its remainder.
        let magnitude = Int64(clamping: quotient)
        if isNegative { return USD(picodollars: -magnitude) }
        return USD(picodollars: magnitude) + USD(picodollars: remainder > 0 ? 1 : 0)
    }
}
