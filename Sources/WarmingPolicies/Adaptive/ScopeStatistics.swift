import PromptCache

/// What the adaptive policy has learned of one scope, beyond what all scopes have in common; some 150 bytes.
struct ScopeStatistics: Hashable, Sendable {
    /// So many gaps of a class of ages as all scopes have them are taken for seen.
    private static let trust = 8.0
    /// What was seen before counts half after 200 gaps: 2 to the power of −1/200.
    private static let fading: Float = 0.99654
    /// So many requests that add what others' add are taken for seen.
    private static let growthTrust = 10.0

    /// Gaps that ended in a class of ``GapAges/coarse``, and how many would have if it were like the others.
    var observed = SIMD8<Float>()
    var expected = SIMD8<Float>()
    var arrivals = 0
    var first = 0.0
    /// The gap that has not ended; nil before the first arrival.
    var gap: SharedStatistics.Gap?
    /// What the last request left cached, in tokens.
    var tokens = 0.0
    /// What requests but the first have written, in tokens.
    var newTokens = 0.0
    /// Whether it is a sub-agent's, which ends soon: written for five minutes and never pinged.
    var isSubAgent = false
    var safety = SafePolicy()

    /// A request.
    ///
    /// - Parameter prices: to keep the account of the safe policy.
    mutating func arrive(_ arrival: Arrival, shared: inout SharedStatistics, prices: PriceRatios) {
        let now = arrival.start.secondsSince1970
        shared.advance(to: now)
        let total = Double(arrival.prefixTokens + arrival.newTokens)
        var context = GapContext(situation: 0, awaits: arrival.awaits)
        if let gap {
            let age = max(0, now - gap.start)
            learn(gap, age: age, shared)
            shared.end(gap, age: age)
            shared.sums.later += 1
            shared.sums.new += Double(arrival.newTokens)
            shared.sums.growth += total - tokens
            if age > Lifetime.fiveMinutes.duration.inSeconds {
                shared.sums.askedAgain += Double(arrival.prefixTokens)
                shared.sums.cachedBefore += tokens
            }
            newTokens += Double(arrival.newTokens)
            safety.wouldPay(arrival, after: age, cached: tokens, prices)
            context = .later(use: now - first, gap: age, awaits: arrival.awaits)
        } else {
            first = now
            safety.wouldPayFirst(arrival, prices)
        }
        arrivals += 1
        tokens = total
        isSubAgent = isSubAgent || arrival.isSubAgent
        gap = shared.begin(now, context, tokens: total)
    }

    private mutating func learn(_ gap: SharedStatistics.Gap, age: Double, _ shared: SharedStatistics) {
        observed *= Self.fading
        expected *= Self.fading
        let last = GapAges.bin(age)
        for bin in 0...last {
            // On average an arrival comes in the middle of its bin.
            let share: Float = bin == last ? 0.5 : 1
            expected[GapAges.coarse[bin]] += share * Float(ReturnCurve.rate(shared.hazard(bin, gap.context)))
        }
        observed[GapAges.coarse[last]] += 1
    }

    /// The response has shown what the conversation waits for.
    mutating func awaits(_ awaits: Awaits, shared: inout SharedStatistics) {
        guard awaits != .unknown, var gap else { return }
        shared.change(&gap, awaits: awaits)
        self.gap = gap
    }

    /// How likely the gap that has begun is to last, or, if it is to hold for any gap to come, without its context.
    func curve(_ shared: SharedStatistics, start: Double, anyGap: Bool = false) -> ReturnCurve {
        let context = anyGap ? nil : gap?.context
        return ReturnCurve(start: start, shared: shared) { bin in
            let group = GapAges.coarse[bin]
            let factor = (Double(observed[group]) + Self.trust) / (Double(expected[group]) + Self.trust)
            return min(shared.hazard(bin, context) * factor, ReturnCurve.mostHazard)
        }
    }

    /// The tokens, or what is usual where they are not known.
    var knownTokens: Double { tokens >= 1 ? max(tokens, 100) : Double(Arrival.usualTokens) }

    /// What a request writes beyond what is cached, as a share of it.
    func newShare(_ shared: SharedStatistics) -> Double {
        let prefix = knownTokens
        let others = Self.growthTrust * shared.newTokens(prefix: prefix)
        return (newTokens + others) / (Double(max(0, arrivals - 1)) + Self.growthTrust) / prefix
    }
}
