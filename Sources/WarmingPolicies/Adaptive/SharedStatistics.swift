/// What the scopes of one workload have in common: how their gaps end, by age, situation and hour, and how they grow.
///
/// The adaptive policy learns it from all arrivals together and blends it with what it knows of each scope. One value
/// for each kind of traffic; it takes some 60 kB however many scopes there are.
public struct SharedStatistics: Hashable, Sendable {
    /// So many gaps as the prior has it are taken for seen in each bin.
    private static let priorTrust = 20.0
    /// The same for a situation, of gaps as all of them have it.
    private static let situationTrust = 20.0
    /// Growth before it is known: so many requests that each add so much of the prefix.
    private static let growthTrust = 20.0
    private static let usualGrowth = 0.02
    /// The same for what a request after a pause still shares with the one before.
    private static let sharedTrust = 10.0
    /// A gap weighs as its prefix does against the mean, within these.
    private static let weights: ClosedRange<Double> = 0.2...5

    /// Gaps that ended in a bin, by row of ``GapContext``.
    var arrived = [Float](repeating: 0, count: GapContext.rows * GapAges.count)
    /// Gaps that entered it.
    var entered = [Float](repeating: 0, count: GapContext.rows * GapAges.count)
    var open = OpenGaps()
    var clock = ClockProfile()
    var sums = Sums()
    /// The prior as what was seen makes it.
    var prior: [Double] = []
    /// Seconds from 1970 to a Monday, 00:00 by the users' clock; nil where the traffic's clock is not known.
    let clockOrigin: Double?

    /// Sums over requests, in tokens.
    struct Sums: Hashable, Sendable {
        var requests = 0.0
        var tokens = 0.0
        /// Of requests with one before them in their scope: how many, what they wrote, and what they grew by.
        var later = 0.0
        var new = 0.0
        var growth = 0.0
        /// After pauses beyond five minutes: what had been cached before, and what of it was asked for again.
        var cachedBefore = 0.0
        var askedAgain = 0.0
    }

    /// Nothing seen yet.
    ///
    /// - Parameter utcOffset: by how many seconds the users' clocks are ahead of UTC, so that their nights and weekends
    ///   are known; nil if the hours of arrivals mean nothing.
    public init(utcOffset: Int? = 0) {
        // 1970-01-05 was a Monday.
        self.init(clockOrigin: utcOffset.map { 4 * 86400 - Double($0) })
    }

    init(clockOrigin: Double?) {
        self.clockOrigin = clockOrigin
        settle()
    }

    /// Nothing seen, and no clock: what the priors alone say.
    public static let empty = SharedStatistics(utcOffset: nil)

    /// Moves time on, so that gaps that have not ended are counted in the ages that they have reached. Time never moves
    /// back, and what is asked for often costs nothing.
    public mutating func advance(to now: Moment) { advance(to: now.secondsSince1970) }

    /// Recomputes what follows from the counts.
    mutating func settle() {
        prior = GapPriors.mixed(arrived: arrived[0..<GapAges.count], entered: entered[0..<GapAges.count])
    }
}

// MARK: - Learning

extension SharedStatistics {
    /// A gap that has begun.
    struct Gap: Hashable, Sendable {
        var start: Double
        var context: GapContext
        var weight: Float

        var rows: [Int] { [0, context.row] + (context.awaitsRow.map { [$0] } ?? []) }
    }

    mutating func advance(to now: Double) {
        guard open.now != OpenGaps.slot(now) else { return }
        // The ring is taken out, since what it reports changes the counts beside it.
        var ring = OpenGaps()
        swap(&ring, &open)
        // Counts settle with the step that they change in, so that it does not matter how often anybody asks.
        var (isUnsettled, rates) = (true, [Float]())
        ring.advance(to: now) { row, bins, weight in
            for bin in bins { entered[row * GapAges.count + bin] += weight }
            isUnsettled = true
        } stepped: { slot, weight in
            if isUnsettled {
                settle()
                rates = clockOrigin == nil ? [] : lateRates
                isUnsettled = false
            }
            guard let clockOrigin else { return }
            let cell = ClockProfile.cell((Double(slot) - 0.5) * OpenGaps.slotSeconds - clockOrigin)
            for (age, rate) in rates.enumerated().dropFirst() { clock.expected[cell] += weight(age) * rate }
        }
        swap(&ring, &open)
    }

    /// The rate of arrivals in a step of five minutes, by the age in such steps.
    private var lateRates: [Float] {
        var rates: [Float] = [0]
        for bin in GapAges.firstLate..<GapAges.count {
            let end = bin + 1 < GapAges.count ? GapAges.edges[bin + 1] : GapAges.last + 300
            let steps = Int((end - GapAges.edges[bin]) / OpenGaps.slotSeconds)
            rates += repeatElement(Float(ReturnCurve.rate(base(bin))) / Float(steps), count: steps)
        }
        return rates
    }

    /// A gap begins whose scope has so many tokens.
    mutating func begin(_ start: Double, _ context: GapContext, tokens: Double) -> Gap {
        sums.requests += 1
        sums.tokens += tokens
        let mean = sums.tokens / sums.requests
        let weight = mean > 0 ? min(max(tokens / mean, Self.weights.lowerBound), Self.weights.upperBound) : 1
        let gap = Gap(start: start, context: context, weight: Float(weight))
        open.add(gap.weight, start: start, rows: gap.rows)
        return gap
    }

    /// It has turned out what the scope waits for.
    mutating func change(_ gap: inout Gap, awaits: Awaits) {
        guard awaits != gap.context.awaits else { return }
        if let row = gap.context.awaitsRow { open.add(-gap.weight, start: gap.start, rows: CollectionOfOne(row)) }
        gap.context.awaits = awaits
        if let row = gap.context.awaitsRow { open.add(gap.weight, start: gap.start, rows: CollectionOfOne(row)) }
    }

    /// A gap ends at an age.
    mutating func end(_ gap: Gap, age: Double) {
        let last = GapAges.bin(age)
        let counted = open.binsEntered(start: gap.start)
        open.add(-gap.weight, start: gap.start, rows: gap.rows)
        for row in gap.rows {
            let at = row * GapAges.count
            if counted <= last { for bin in counted...last { entered[at + bin] += gap.weight } }
            if age <= GapAges.last { arrived[at + last] += gap.weight }
        }
        if let clockOrigin, age >= GapAges.edges[GapAges.firstLate], age <= GapAges.last {
            clock.observed[ClockProfile.cell(gap.start + age - clockOrigin)] += gap.weight
        }
    }
}

// MARK: - What follows from it

extension SharedStatistics {
    /// The chance that a gap which has entered a bin ends in it, for all gaps.
    func base(_ bin: Int) -> Double {
        let trust = Self.priorTrust
        return min((Double(arrived[bin]) + trust * prior[bin]) / (Double(entered[bin]) + trust), ReturnCurve.mostHazard)
    }

    /// The same for gaps of a kind.
    func hazard(_ bin: Int, _ context: GapContext?) -> Double {
        let base = base(bin)
        guard let context else { return base }
        func blended(_ row: Int) -> Double {
            let at = row * GapAges.count + bin
            return (Double(arrived[at]) + Self.situationTrust * base) / (Double(entered[at]) + Self.situationTrust)
        }
        let hazard = min(blended(context.row), ReturnCurve.mostHazard)
        guard let awaitsRow = context.awaitsRow else { return hazard }
        // The situation tells part of the same, so what is awaited counts by its root only.
        return min(hazard * (blended(awaitsRow) / base).squareRoot(), ReturnCurve.mostHazard)
    }

    /// What a request writes, in tokens, if all are like each other.
    func newTokens(prefix: Double) -> Double {
        let trust = Self.growthTrust
        return (sums.new + trust * Self.usualGrowth * prefix) / (sums.later + trust)
    }

    /// By how many tokens a scope grows with a request, less what is cut away.
    func growth(prefix: Double) -> Double {
        let trust = Self.growthTrust
        return max(0, (sums.growth + trust * Self.usualGrowth * prefix) / (sums.later + trust))
    }

    /// Which share of what is cached a request after a pause still asks for: conversations are cut and begun anew.
    func shareAskedAgain(prefix: Double) -> Double {
        let trust = Self.sharedTrust * prefix
        return min(1, (sums.askedAgain + trust) / (sums.cachedBefore + trust))
    }
}
