import PromptCache

/// What bounds the adaptive policy's cost whatever the traffic does: the account of a policy that needs no estimate.
///
/// Writing for an hour and pinging at most eight times a gap costs at most about 2.8 times what a clairvoyant would pay
/// (five-minute pings to break-even can cost 12 times). What that policy would have paid is known, since arrivals do not
/// depend on us. A scope that has cost noticeably more follows it until it no longer has.
struct SafePolicy: Hashable, Sendable {
    static let lifetime = Lifetime.oneHour
    static let mostPings = 8
    /// It is followed above 1.15 × its cost + 4 prefixes, and until the cost is below 1.075 × its cost + 2.
    private static let tolerance = (above: 1.15, below: 1.075, prefixesAbove: 4.0, prefixesBelow: 2.0)

    /// Costs in tokens at the input price.
    var paid = 0.0
    var wouldHavePaid = 0.0
    /// Whether the scope follows it.
    var isFollowed = false

    mutating func wouldPayFirst(_ arrival: Arrival, _ prices: PriceRatios) {
        wouldHavePaid += prices.write1h * Double(arrival.prefixTokens + arrival.newTokens)
    }

    mutating func wouldPay(_ arrival: Arrival, after gap: Double, cached: Double, _ prices: PriceRatios) {
        let spacing = Self.lifetime.usualSpacing.inSeconds
        let pings = min(Double(Self.mostPings), max(0, (gap / spacing).rounded(.up) - 1))
        let isWarm = gap <= pings * spacing + Self.lifetime.duration.inSeconds
        let (prefix, new) = (Double(arrival.prefixTokens), Double(arrival.newTokens))
        wouldHavePaid += pings * (prices.read * cached + PriceRatios.pingOverhead)
        wouldHavePaid += (isWarm ? prices.read : prices.write1h) * prefix + prices.write1h * new
    }

    /// Something was really paid for the scope, which now has so many tokens.
    mutating func pay(_ cost: Double, prefix: Double) {
        paid += cost
        if paid > Self.tolerance.above * wouldHavePaid + Self.tolerance.prefixesAbove * prefix {
            isFollowed = true
        } else if paid < Self.tolerance.below * wouldHavePaid + Self.tolerance.prefixesBelow * prefix {
            isFollowed = false
        }
    }
}
