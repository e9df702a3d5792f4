public import CachePrices
import PromptCache
public import WarmingPolicies

/// Proves what pings have saved, row by row in the order of time.
///
/// An arrival is credited if its own usage read the cache, if the last arrival of any scope that covers the prefix was
/// longer ago than the prefix's lifetime, and if one of our pings had gone through it within that. The credit is what lies
/// between the longest prefix that arrivals kept warm anyway and the longest that pings have kept, as far as it was read,
/// at the price of the write that it spared less that of a read:
/// ```
/// kept anyway      pings have kept                  not kept
/// |--------------->|===============================>|---------->
///                   credited: each token at its own lifetime's write price
/// ```
/// The arrival itself ends the gap, so that no gap is credited twice. What pings cost, the useless ones too, and the
/// premium of hours that warming chose come off elsewhere: a credit is never net.
///
/// A pure state machine: it keeps, for each prefix, until when arrivals and pings have it covered.
public struct SavingsProof: Sendable {
    /// What is known of one prefix.
    public struct Touch: Sendable, Hashable {
        /// Until when the last arrival keeps it.
        public var arrivalUntil: Moment?
        /// When the last ping began.
        public var pingAt: Moment?
        /// Until when it keeps the prefix.
        public var pingUntil: Moment?
        /// The tokens of the prefix, as the ping's usage tells: exact where it was the ping's last.
        public var pingTokens: Int

        public init(
            arrivalUntil: Moment? = nil, pingAt: Moment? = nil, pingUntil: Moment? = nil, pingTokens: Int = 0
        ) {
            self.arrivalUntil = arrivalUntil
            self.pingAt = pingAt
            self.pingUntil = pingUntil
            self.pingTokens = pingTokens
        }

        /// The later of both.
        public var until: Moment { max(arrivalUntil ?? .distantPast, pingUntil ?? .distantPast) }

        fileprivate func isKeptByArrivals(at moment: Moment) -> Bool { arrivalUntil.map { $0 >= moment } ?? false }

        fileprivate func isKeptByPings(at moment: Moment) -> Bool {
            guard let pingAt, let pingUntil else { return false }
            return pingAt <= moment && moment <= pingUntil
        }
    }

    /// By what ``identities(of:)`` names. An engine loads what a row needs and stores what has changed.
    public var touches: [String: Touch]
    private let prices: PriceList

    public init(prices: PriceList, touches: [String: Touch] = [:]) {
        self.prices = prices
        self.touches = touches
    }

    /// What a row has to do with: each prefix that it goes through, as that model's at that upstream.
    public static func identities(of row: LedgerRow) -> [String] {
        row.prefixes.map { "\($0.key) \(row.model.name) \(row.upstream)" }
    }

    /// Takes the next row.
    ///
    /// - Returns: what it proves to have been saved; zero for everything but a credited arrival.
    public mutating func add(_ row: LedgerRow) -> USD {
        switch row.kind {
        case .ping:
            if row.outcome == .answered, let usage = row.usage, usage.cached > 0 { pinged(row, tokens: usage.cached) }
            return .zero
        case .arrival:
            let saved = credit(row)
            for (identity, prefix) in zip(Self.identities(of: row), row.prefixes) {
                let until = row.at + row.lifetimeUnwarmed(of: prefix).duration
                var touch = touches[identity, default: Touch()]
                touch.arrivalUntil = max(touch.arrivalUntil ?? until, until)
                touches[identity] = touch
            }
            return saved
        }
    }

    /// Forgets what has gone cold before a moment.
    public mutating func forget(before moment: Moment) {
        touches = touches.filter { $0.value.until >= moment }
    }

    /// A ping touches every prefix that it goes through. Whether it refreshes the shorter ones is not documented; that an
    /// arrival reads one which nothing else has kept is the proof that it did.
    private mutating func pinged(_ row: LedgerRow, tokens: Int) {
        guard let longest = row.prefixes.map(\.tokens).max() else { return }
        for (identity, prefix) in zip(Self.identities(of: row), row.prefixes) {
            var touch = touches[identity, default: Touch()]
            touch.pingAt = row.at
            touch.pingUntil = row.at + prefix.lifetime.duration
            touch.pingTokens = prefix.tokens.scaled(by: tokens, over: longest)
            touches[identity] = touch
        }
    }

    private func credit(_ row: LedgerRow) -> USD {
        guard let usage = row.usage, usage.read > 0 else { return .zero }
        let covered = zip(Self.identities(of: row), row.prefixes).compactMap { identity, prefix in
            touches[identity].map { (prefix: prefix, touch: $0) }
        }
        let held = covered.filter { $0.touch.isKeptByPings(at: row.at) && !$0.touch.isKeptByArrivals(at: row.at) }
        guard let longest = held.max(by: { $0.touch.pingTokens < $1.touch.pingTokens }) else { return .zero }
        // What the ping has counted corrects what is estimated of the other prefixes.
        func tokens(_ prefix: CoveredPrefix) -> Int {
            prefix.tokens.scaled(by: longest.touch.pingTokens, over: longest.prefix.tokens)
        }
        let keptAnyway = covered.filter { $0.touch.isKeptByArrivals(at: row.at) }.map { tokens($0.prefix) }.max() ?? 0
        let end = min(usage.read, longest.touch.pingTokens)
        // Looked up last, since it is needed for few rows only.
        guard end > keptAnyway, let price = prices.price(of: row.model) else { return .zero }
        // A write lasts an hour up to the last prefix that asks for one, and five minutes behind it.
        let hours = row.prefixes.filter { row.lifetimeUnwarmed(of: $0) == .oneHour }.map(tokens).max() ?? 0
        let forHour = max(0, min(end, hours) - keptAnyway)
        let prices = price.prices(promptTokens: usage.totalInput)
        return (prices.write1h - prices.read) * forHour
            + (prices.write5m - prices.read) * (end - keptAnyway - forHour)
    }

    /// What a row's writes cost more because warming chose an hour over five minutes.
    public func premium(of row: LedgerRow) -> USD {
        guard row.kind == .arrival, row.choseHour, let usage = row.usage, let price = prices.price(of: row.model) else {
            return .zero
        }
        let prices = price.prices(promptTokens: usage.totalInput)
        return (prices.write1h - prices.write5m) * usage.write1h
    }
}

extension LedgerRow {
    /// How long a prefix would have been kept if nobody had warmed.
    fileprivate func lifetimeUnwarmed(of prefix: CoveredPrefix) -> Lifetime {
        choseHour ? .fiveMinutes : prefix.lifetime
    }
}

extension Int {
    fileprivate func scaled(by part: Int, over whole: Int) -> Int {
        if self == whole || whole <= 0 { return self == whole ? part : self }
        let (product, overflows) = multipliedReportingOverflow(by: part)
        return overflows ? self : product / whole
    }
}
