public import CachePrices
public import Logging
import PostgresWarmStore
public import PromptCacheWarmer
public import PromptInspection
import SQLiteWarmStore
import WarmingPolicies

/// Where a ledger or versions are kept: in a file, or in a database that many processes share.
public enum StoreLocation: Sendable, Hashable {
    /// The path of a file.
    case sqlite(String)
    /// A URL as libpq takes it.
    case postgres(String)

    /// - Parameter text: a path, or a URL that begins with `postgres://`.
    public init(_ text: String) {
        self = PostgresWarmStore.isURL(text) ? .postgres(text) : .sqlite(text)
    }

    /// Opens a ledger.
    ///
    /// - Parameters:
    ///   - budget: the limits of all scopes together.
    ///   - prices: what savings are counted by.
    ///   - mustExist: whether one that is not there is an error; otherwise it is made.
    ///   - clock: what rows are dated by. Leases go by the database's own clock unless this is virtual.
    ///   - logger: told when the ledger falls behind and when it is well again.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if it cannot be opened.
    public func openLedger(
        budget: Budget, prices: PriceList = .builtIn, mustExist: Bool = false,
        clock: any WarmClock = SystemClock(), logger: Logger
    ) async throws(LedgerError) -> any WarmStore {
        let now: @Sendable () -> Moment = { clock.now.wall }
        switch self {
        case .sqlite(let path):
            return try await SQLiteWarmStore.open(
                path, budget: budget, prices: prices, mustExist: mustExist, now: now, logger: logger)
        case .postgres(let url):
            return try await PostgresWarmStore.open(
                url, budget: budget, prices: prices, mustExist: mustExist, now: clock is SystemClock ? nil : now,
                logger: logger)
        }
    }

    /// Opens versions of prompts.
    ///
    /// - Parameter mustExist: whether those that are not there are an error; otherwise a place for them is made.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if they cannot be opened.
    public func openVersions(mustExist: Bool) async throws(LedgerError) -> any PromptVersions {
        switch self {
        case .sqlite(let path): try await VersionStore.open(path, mustExist: mustExist)
        case .postgres(let url):
            // Nothing is spent through it.
            try await PostgresWarmStore.open(
                url, budget: .perDay(.zero), mustExist: mustExist, connections: 1, logger: .silent)
        }
    }

    /// Moves a ledger from a file into a database that holds none yet, all or nothing.
    ///
    /// - Returns: what it holds there: the same totals of every hour, and the same sums of money.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if either cannot be opened, something is there already, or the totals
    ///   are not the same.
    public func copyLedger(
        to target: StoreLocation, logger: Logger
    ) async throws(LedgerError) -> (hours: Int, summary: LedgerSummary) {
        guard case .sqlite(let path) = self, case .postgres(let url) = target else {
            throw LedgerError(.unreadable, "\(self): copy goes from a file to a database: write FILE postgres://…")
        }
        let source = try await SQLiteWarmStore.open(path, budget: .perDay(.zero), mustExist: true, logger: logger)
        let copy = try await PostgresWarmStore.open(url, budget: .perDay(.zero), logger: logger)
        try await copy.take { (sink) throws(LedgerError) in try source.pour(into: sink) }
        let (old, new) = (try await source.summary(), try await copy.summary())
        let hours = try await source.totals(from: .distantPast, to: .distantFuture)
        guard try await copy.totals(from: .distantPast, to: .distantFuture) == hours, old.isSame(as: new) else {
            throw LedgerError(
                .damaged,
                "\(self) and \(target): the totals are not the same; drop the schema there and copy again while no "
                    + "daemon writes")
        }
        return (hours.count, new)
    }
}

extension StoreLocation: CustomStringConvertible {
    /// For people; without a password.
    public var description: String {
        switch self {
        case .sqlite(let path): path
        case .postgres(let url): PostgresWarmStore.place(of: url)
        }
    }
}

extension LedgerSummary {
    /// But for the version, which each engine counts by itself.
    fileprivate func isSame(as other: LedgerSummary) -> Bool {
        var other = other
        other.version = version
        return self == other
    }
}
