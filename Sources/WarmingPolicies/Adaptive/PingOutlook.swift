import PromptCache

/// Whether the next ping of a gap pays, by what it is expected to save.
///
/// With S the chance that the gap lasts, pings at ages a₁, a₂ … a spacing apart, and costs in prefixes at the input price:
///
/// ```
/// chanceⱼ = 1 − S(aⱼ + spacing) / S(aⱼ)
/// valueⱼ  = −ping + chanceⱼ · miss + (1 − chanceⱼ) · max(valueⱼ₊₁, 0)
/// ping    = read + 10 tokens        miss = κ · (write − read) + λ
/// ```
///
/// κ is the share of what is cached that a request after a pause still asks for, and λ what a cold start is worth in
/// waiting. The lifetime is taken for given; a cheaper read therefore never means fewer pings.
struct PingOutlook: Hashable, Sendable {
    /// Of an arrival before the ping after the next one.
    var chance: Double
    var pingCost: Double
    var missCost: Double
    /// What the next ping is expected to save, less its cost.
    var value: Double

    /// - Parameters:
    ///   - age: of the gap at the next ping, in seconds.
    ///   - pingsLeft: how many there may be at most, with the next; at least one.
    init(
        _ curve: ReturnCurve, age: Double, spacing: Double, pingsLeft: Int, lifetime: Lifetime, prices: PriceRatios,
        tokens: Double, shareAskedAgain: Double, latency: Double
    ) {
        pingCost = prices.read + PriceRatios.pingOverhead / max(tokens, 1)
        missCost = shareAskedAgain * prices.missCost(lifetime) + latency
        var later = curve.lasting(age + Double(pingsLeft) * spacing)
        (chance, value) = (0, 0)
        for ping in stride(from: pingsLeft - 1, through: 0, by: -1) {
            let now = curve.lasting(age + Double(ping) * spacing)
            chance = now > 1e-12 ? 1 - later / now : 0
            value = -pingCost + chance * missCost + (1 - chance) * max(value, 0)
            later = now
        }
        // Where reading costs without limit, no number comes of it.
        if value.isNaN { value = -.infinity }
    }
}

extension PriceRatios {
    /// What a ping sends besides the cached prefix, in tokens at the input price.
    static let pingOverhead = 10.0
}
