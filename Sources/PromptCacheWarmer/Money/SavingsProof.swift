public import CachePrices
import PromptCache
public import WarmingPolicies

/// Proves what pings have saved, row by row in the order of time.
///
/// An arrival is credited if its own usage read the cache, if the last arrival of any scope that covers the prefix was
/// longer ago than the lifetime, and if one of our pings had touched it within the lifetime. The credit is at most the
/// tokens that the ping refreshed, less those of shorter prefixes that other arrivals kept warm, at the price of a write
/// less that of a read. The arrival itself ends the gap, so that no gap is credited twice. What pings cost, the useless
/// ones too, and the premium of hours that warming chose come off elsewhere: a credit is never net.
///
/// A pure state machine: it keeps, for each prefix and each scope, until when arrivals and pings have it covered.
public struct SavingsProof: Sendable {
    /// What is known of one prefix or scope.
    public struct Touch: Sendable, Hashable {
        /// Until when the last arrival keeps it.
        public var arrivalUntil: Moment?
        /// When the last ping began.
        public var pingAt: Moment?
        /// Until when it keeps the prefix.
        public var pingUntil: Moment?
        /// The tokens that the ping has read and written.
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
    }

    /// By what ``identities(of:)`` names. An engine loads what a row needs and stores what has changed.
    public var touches: [String: Touch]
    private let prices: PriceList

    public init(prices: PriceList, touches: [String: Touch] = [:]) {
        self.prices = prices
        self.touches = touches
    }

    /// What a row has to do with: its scope, and each prefix that it goes through.
    public static func identities(of row: LedgerRow) -> [String] {
        (row.isWhole ? ["scope \(row.scope)"] : []) + row.prefixes.map { $0.key }
    }

    /// Takes the next row.
    ///
    /// - Returns: what it proves to have been saved; zero for everything but a credited arrival.
    public mutating func add(_ row: LedgerRow) -> USD {
        switch row.kind {
        case .ping:
            if row.outcome == .answered, let usage = row.usage, usage.cached > 0 { note(row, tokens: usage.cached) }
            return .zero
        case .arrival:
            let saved = credit(row)
            let until = row.at + row.lifetime.duration
            for identity in Self.identities(of: row) {
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

    private mutating func note(_ row: LedgerRow, tokens: Int) {
        let until = row.at + row.lifetime.duration
        // A ping goes through shorter prefixes too; that it refreshes them is not documented, so only the longest counts.
        let longest = row.prefixes.max { $0.tokens < $1.tokens }?.key
        for identity in (row.isWhole ? ["scope \(row.scope)"] : []) + [longest].compactMap(\.self) {
            var touch = touches[identity, default: Touch()]
            touch.pingAt = row.at
            touch.pingUntil = until
            touch.pingTokens = tokens
            touches[identity] = touch
        }
    }

    private func credit(_ row: LedgerRow) -> USD {
        guard let usage = row.usage, usage.read > 0, let price = prices.price(of: row.model) else { return .zero }
        func isKept(_ moment: Moment?) -> Bool { moment.map { $0 >= row.at } ?? false }
        if row.isWhole, isKept(touches["scope \(row.scope)"]?.arrivalUntil) { return .zero }
        let held =
            Self.identities(of: row).compactMap { touches[$0] }
            .filter { isKept($0.pingUntil) && $0.pingAt.map { $0 <= row.at } ?? false && !isKept($0.arrivalUntil) }.map(
                \.pingTokens
            ).max() ?? 0
        let warmAnyway = row.prefixes.filter { isKept(touches[$0.key]?.arrivalUntil) }.map(\.tokens).max() ?? 0
        let tokens = max(0, min(usage.read, held) - warmAnyway)
        let prices = price.prices(promptTokens: usage.totalInput)
        return (prices.write(row.lifetime) - prices.read) * tokens
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
