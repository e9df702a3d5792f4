public import CachePrices
public import PromptCache
public import WarmingPolicies

/// Sums over rows of the ledger. Everything adds up, so that totals of hours make totals of days, scopes and models.
public struct LedgerTotals: Sendable, Hashable {
    /// The user's requests.
    public var requests = 0
    /// Of those, the ones whose usage nobody has seen; they count in no rate.
    public var unknown = 0
    /// Requests that read the cache.
    public var hits = 0
    /// Requests that had to write all of their prefix.
    public var coldStarts = 0
    /// Why requests were not, or not fully, found.
    public var causes = CauseCounts()
    /// The tokens of requests.
    public var usage = Usage()
    /// What requests have cost.
    public var cost = USD.zero
    /// Pings that were answered.
    public var pings = 0
    /// Pings that read everything.
    public var pingHits = 0
    public var pingFailures = 0
    public var pingRefusals = 0
    /// The tokens of pings.
    public var pingUsage = Usage()
    /// What pings have cost, the useless ones too.
    public var pingCost = USD.zero
    /// What pings are proven to have saved; see ``SavingsProof``.
    public var saved = USD.zero
    /// What hours that warming chose cost more than five minutes would have.
    public var premium = USD.zero
    /// Times to the first token of requests that read the cache, in milliseconds.
    public var warmWaits = Waits()
    /// Times to the first token of requests that did not.
    public var coldWaits = Waits()

    public init() {}

    /// A sum and a count.
    public struct Waits: Sendable, Hashable {
        public var milliseconds = 0
        public var count = 0

        /// Nil without any.
        public var mean: Double? { count == 0 ? nil : Double(milliseconds) / Double(count) }
    }

    /// How often each cause was found.
    public struct CauseCounts: Sendable, Hashable {
        fileprivate var counts: [MissCause: Int] = [:]

        public init() {}

        /// 0 where it was never found.
        public subscript(cause: MissCause) -> Int {
            get { counts[cause] ?? 0 }
            set { counts[cause] = newValue == 0 ? nil : newValue }
        }
    }

    /// What warming has brought: proven savings, less all pings, less the premium of hours that it chose.
    public var net: USD { saved - pingCost - premium }

    /// The share of tokens that could come from the cache and did: read / (read + written). Nil where nothing was seen;
    /// 0 where requests cache nothing at all.
    public var hitRateTokens: Double? {
        let cacheable = usage.read + usage.written
        if cacheable == 0 { return requests > unknown ? 0 : nil }
        return Double(usage.read) / Double(cacheable)
    }

    /// The share of requests that read the cache, of those whose usage is known; nil without any.
    public var hitRateRequests: Double? { requests > unknown ? Double(hits) / Double(requests - unknown) : nil }

    /// Adds a row.
    ///
    /// - Parameters:
    ///   - saved: what ``SavingsProof/add(_:)`` says of it.
    ///   - premium: what ``SavingsProof/premium(of:)`` says of it.
    public mutating func add(_ row: LedgerRow, saved: USD, premium: USD) {
        self.saved += saved
        self.premium += premium
        switch row.kind {
        case .arrival: addArrival(row)
        case .ping: addPing(row)
        }
    }

    private mutating func addArrival(_ row: LedgerRow) {
        requests += 1
        cost += row.cost ?? .zero
        guard let usage = row.usage else {
            unknown += 1
            return
        }
        self.usage += usage
        let isHit = usage.read > 0
        if isHit { hits += 1 }
        if usage.verdict == .rewritten { coldStarts += 1 }
        if let cause = row.cause { causes[cause] += 1 }
        guard let wait = row.timeToFirstToken else { return }
        let milliseconds = Int(wait / .milliseconds(1))
        if isHit { warmWaits.add(milliseconds) } else { coldWaits.add(milliseconds) }
    }

    private mutating func addPing(_ row: LedgerRow) {
        // A failed ping may have cost something too.
        pingCost += row.cost ?? .zero
        pingUsage += row.usage ?? Usage()
        switch row.outcome {
        case .answered:
            pings += 1
            if row.verdict == .hit { pingHits += 1 }
        case .failed: pingFailures += 1
        case .refused: pingRefusals += 1
        }
    }

    public static func += (a: inout LedgerTotals, b: LedgerTotals) {
        a.requests += b.requests
        a.unknown += b.unknown
        a.hits += b.hits
        a.coldStarts += b.coldStarts
        a.causes += b.causes
        a.usage += b.usage
        a.cost += b.cost
        a.pings += b.pings
        a.pingHits += b.pingHits
        a.pingFailures += b.pingFailures
        a.pingRefusals += b.pingRefusals
        a.pingUsage += b.pingUsage
        a.pingCost += b.pingCost
        a.saved += b.saved
        a.premium += b.premium
        a.warmWaits += b.warmWaits
        a.coldWaits += b.coldWaits
    }
}

extension LedgerTotals.CauseCounts {
    static func += (a: inout LedgerTotals.CauseCounts, b: LedgerTotals.CauseCounts) {
        a.counts.merge(b.counts, uniquingKeysWith: +)
    }
}

extension LedgerTotals.Waits {
    mutating func add(_ wait: Int) {
        milliseconds += wait
        count += 1
    }

    static func += (a: inout LedgerTotals.Waits, b: LedgerTotals.Waits) {
        a.milliseconds += b.milliseconds
        a.count += b.count
    }
}

extension USD {
    /// For sums in columns of whole numbers.
    package var whole: Int {
        get { Int(picodollars) }
        set { self = USD(picodollars: Int64(newValue)) }
    }
}

extension LedgerTotals {
    /// A sum by its name in stores and reports.
    package struct Column: Sendable {
        package let name: String
        package let path: any WritableKeyPath<LedgerTotals, Int> & Sendable
    }

    /// Every sum there is. Money is in picodollars.
    package static let columns: [Column] =
        [
            Column(name: "requests", path: \.requests), Column(name: "unknown", path: \.unknown),
            Column(name: "hits", path: \.hits), Column(name: "cold_starts", path: \.coldStarts),
            Column(name: "cost", path: \.cost.whole), Column(name: "pings", path: \.pings),
            Column(name: "ping_hits", path: \.pingHits), Column(name: "ping_failures", path: \.pingFailures),
            Column(name: "ping_refusals", path: \.pingRefusals), Column(name: "ping_cost", path: \.pingCost.whole),
            Column(name: "saved", path: \.saved.whole), Column(name: "premium", path: \.premium.whole),
            Column(name: "warm_wait", path: \.warmWaits.milliseconds),
            Column(name: "warm_waits", path: \.warmWaits.count),
            Column(name: "cold_wait", path: \.coldWaits.milliseconds),
            Column(name: "cold_waits", path: \.coldWaits.count),
            Column(name: "input", path: \.usage.input),
            Column(name: "write_5m", path: \.usage.write5m),
            Column(name: "write_1h", path: \.usage.write1h),
            Column(name: "read", path: \.usage.read),
            Column(name: "output", path: \.usage.output),
            Column(name: "ping_input", path: \.pingUsage.input),
            Column(name: "ping_write_5m", path: \.pingUsage.write5m),
            Column(name: "ping_write_1h", path: \.pingUsage.write1h),
            Column(name: "ping_read", path: \.pingUsage.read),
            Column(name: "ping_output", path: \.pingUsage.output),
        ] + MissCause.allCases.map(causeColumn)

    private static func causeColumn(_ cause: MissCause) -> Column {
        Column(name: "cause_" + cause.rawValue.replacing(" ", with: "_"), path: \.causes[cause])
    }
}

/// The totals of one hour, scope, upstream and model.
public struct HourTotals: Sendable, Hashable {
    /// What the sums are kept apart by.
    public struct Key: Sendable, Hashable {
        /// The start of the hour, in UTC.
        public var hour: Moment
        public var scope: String
        public var upstream: String
        public var model: ModelID

        public init(hour: Moment, scope: String, upstream: String, model: ModelID) {
            self.hour = hour
            self.scope = scope
            self.upstream = upstream
            self.model = model
        }

        /// Where a row belongs.
        public init(of row: LedgerRow) {
            self.init(hour: Self.hour(of: row.at), scope: row.scope, upstream: row.upstream, model: row.model)
        }

        /// The start of the hour that a moment falls in.
        public static func hour(of moment: Moment) -> Moment {
            let length: Int64 = 3_600_000_000_000
            let rest = moment.nanosecondsSince1970 % length
            return Moment(nanosecondsSince1970: moment.nanosecondsSince1970 - (rest < 0 ? rest + length : rest))
        }
    }

    public var key: Key
    public var totals: LedgerTotals

    public init(_ key: Key, _ totals: LedgerTotals = LedgerTotals()) {
        self.key = key
        self.totals = totals
    }
}
