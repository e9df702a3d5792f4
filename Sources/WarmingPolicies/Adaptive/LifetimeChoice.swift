import PromptCache

/// For which lifetime to write what is cold, or whether to cache it at all: by the expected cost of all requests to come.
///
/// In prefixes at the input price, for a lifetime k that is held with m pings a gap, with γ the weight of each further
/// request against the one before:
///
/// ```
/// V_k  = Σⱼ≤m S(j·spacing)·ping + P(back while warm)·(read + γV_k) + P(back later)·cold          grows with the prefix
///      + P(back while warm)·(w_k·g + γV_k) + P(back later)·…                                      stays: new tokens
/// cold = λ + min over k of w_k(1 + g) + γV_k
/// ```
///
/// g is what a request adds, as a share of the prefix. What grows with the prefix is multiplied by how much larger it
/// will be on average, 1 + δ·β/(1 − β), where δ is its growth and β the chance of another request.
struct LifetimeChoice: Hashable, Sendable {
    private static let discount = 0.998
    private static let mostReturns = 0.99
    private static let rounds = 3

    /// The cheapest; nil for not caching.
    let lifetime: Lifetime?
    /// What each is expected to cost from now on, with the write: 5 minutes, an hour, not cached.
    let costs: [Double]

    init(
        _ curve: ReturnCurve, prices: PriceRatios, tokens: Double, newShare: Double, growthShare: Double,
        latency: Double
    ) {
        let ping = prices.read + PriceRatios.pingOverhead / max(tokens, 1)
        var options = Lifetime.allCases.map {
            Option(lifetime: $0, write: prices.write($0) * (1 + newShare), curve, ping: ping, prices, newShare)
        }
        options.append(Option(uncachedAt: 1 + newShare, curve))
        for _ in 0..<Self.rounds {
            // The best number of pings follows from what a miss costs, and that from the best of the options.
            let cold = Self.best(options, latency, larger: 1)
            for option in options.indices { options[option].choosePings(cold: cold.cost, ping: ping) }
        }
        let returns = min(Self.discount * (1 - curve.forever), Self.mostReturns)
        let larger = 1 + growthShare * returns / (1 - returns)
        let best = Self.best(options, latency, larger: larger)
        lifetime = best.lifetime
        costs = best.costs
    }

    /// The cheapest way to be cold: each option is valued as if it were taken again whenever it is cold.
    private static func best(
        _ options: [Option], _ latency: Double, larger: Double
    ) -> (lifetime: Lifetime?, cost: Double, costs: [Double]) {
        let costs = options.map { option in
            latency + option.write + discount * option.value(latency, larger: larger)
        }
        let cost = costs.min() ?? .infinity
        let index = costs.firstIndex(of: cost) ?? options.count - 1
        return (options[index].lifetime, cost, costs)
    }

    private struct Option {
        let lifetime: Lifetime?
        /// What a cold request costs.
        let write: Double
        /// What a warm request costs, by what grows and what does not.
        let read: Double
        let new: Double
        /// S at each ping and after the last of so many.
        let lasting: [Double]
        let expired: [Double]
        let forever: Double
        var pings = 0
        var pingCost = 0.0

        init(
            lifetime: Lifetime, write: Double, _ curve: ReturnCurve, ping: Double, _ prices: PriceRatios,
            _ newShare: Double
        ) {
            self.lifetime = lifetime
            self.write = write
            read = prices.read
            new = prices.write(lifetime) * newShare
            let spacing = lifetime.usualSpacing.inSeconds
            lasting = (0...lifetime.mostPingsInGap + 1).map { curve.lasting(Double($0) * spacing) }
            expired = (0...lifetime.mostPingsInGap).map {
                curve.lasting(Double($0) * spacing + lifetime.duration.inSeconds)
            }
            forever = curve.forever
        }

        init(uncachedAt write: Double, _ curve: ReturnCurve) {
            lifetime = nil
            self.write = write
            (read, new, lasting, expired) = (0, 0, [], [1])
            forever = curve.forever
        }

        /// What is to be paid after a request, if cold is always answered by this option.
        func value(_ latency: Double, larger: Double) -> Double {
            let (warm, cold) = returns
            let left = 1 - discount * (warm + cold)
            let sized = (pingCost + warm * read + cold * (latency + write)) / left
            return larger * sized + warm * new / left
        }

        private var returns: (warm: Double, cold: Double) { (1 - expired[pings], expired[pings] - forever) }

        /// Pings as long as that pays, if a miss costs what the best option does.
        mutating func choosePings(cold: Double, ping: Double) {
            guard lifetime != nil else { return }
            let (back, late) = returns
            let whenWarm = (pingCost + back * (read + new) + late * cold) / (1 - discount * back)
            let miss = cold - (read + new + discount * whenWarm)
            var value = 0.0
            var chosen = 0
            for ping_ in stride(from: lasting.count - 2, through: 1, by: -1) {
                let chance = lasting[ping_] > 1e-12 ? 1 - lasting[ping_ + 1] / lasting[ping_] : 0
                value = -ping + chance * miss + (1 - chance) * max(value, 0)
                chosen = value > 0 ? max(chosen, ping_) : 0
            }
            pings = chosen
            pingCost = lasting.dropFirst().prefix(pings).reduce(0) { $0 + $1 * ping }
        }
    }
}

extension Lifetime {
    /// The most pings that an adaptive policy sends in one gap: three hours, or two days.
    var mostPingsInGap: Int {
        switch self {
        case .fiveMinutes: 36
        case .oneHour: 48
        }
    }
}
