public import CachePrices
import Foundation
import GRDB
public import Logging
public import PromptCacheWarmer
import Synchronization
public import WarmingPolicies

/// The embedded engine of the store protocols: a ledger and a spend gate in one SQLite file.
///
/// Every reservation and every settlement is a transaction of its own that is on the disk when the call returns, so that a
/// process killed at any moment loses no settled row, and what it had reserved counts as spent. Several processes share
/// one file: each transaction takes the write lock before it reads, so that they cannot overspend together.
///
/// Rows of the ledger go through a bounded queue and are written in batches. Nothing here blocks the cooperative pool.
public final class SQLiteWarmStore: Sendable {
    /// The file.
    public let path: String
    public var place: String { path }
    let pool: DatabasePool
    private let limits: Mutex<Budget>
    var budget: Budget { limits.withLock(\.self) }
    let prices: PriceList
    let queue: RowQueue
    let retention: Duration
    let now: @Sendable () -> Moment
    private let retreat = Mutex(Retreat())

    /// How long raw rows are kept; totals of the hours are kept for ever.
    public static let defaultRetention = Duration.seconds(30 * 86_400)
    /// How many rows wait for a slow disk before rows are dropped and pings stop.
    public static let defaultQueueCapacity = 65_536

    /// Opens a ledger, or makes one where there is no file.
    ///
    /// - Parameters:
    ///   - path: the file; its folder must be there.
    ///   - budget: the limits of all scopes together.
    ///   - prices: what savings are counted by.
    ///   - retention: how long raw rows are kept.
    ///   - queueCapacity: how many rows may wait to be written.
    ///   - mustExist: whether a missing file is an error.
    ///   - now: the time of day, by the clock that rows and reservations are made with.
    ///   - logger: told when the ledger falls behind and when it is well again.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if the file is no ledger, damaged, of a newer version, or cannot be
    ///   opened.
    public static func open(
        _ path: String, budget: Budget, prices: PriceList = .builtIn, retention: Duration = defaultRetention,
        queueCapacity: Int = defaultQueueCapacity, mustExist: Bool = false,
        now: @escaping @Sendable () -> Moment = { SystemClock.wall },
        logger: Logger = Logger(label: "prompt-cache-warmer")
    ) async throws(LedgerError) -> SQLiteWarmStore {
        try await open(
            path, budget: budget, prices: prices, retention: retention, queueCapacity: queueCapacity,
            mustExist: mustExist, now: now, logger: logger, kind: .ledger, pageLimit: nil)
    }

    static func open(
        _ path: String, budget: Budget, prices: PriceList = .builtIn, retention: Duration = defaultRetention,
        queueCapacity: Int = defaultQueueCapacity, mustExist: Bool = false,
        now: @escaping @Sendable () -> Moment = { SystemClock.wall },
        logger: Logger = Logger(label: "prompt-cache-warmer"), kind: FileKind, pageLimit: Int?
    ) async throws(LedgerError) -> SQLiteWarmStore {
        let pool = try await StoreFile.offThePool { () throws(LedgerError) in
            try StoreFile.open(path, as: kind, mustExist: mustExist, pageLimit: pageLimit)
        }
        return SQLiteWarmStore(
            path: path, pool: pool, budget: budget, prices: prices, retention: retention, capacity: queueCapacity,
            now: now, logger: logger)
    }

    private init(
        path: String, pool: DatabasePool, budget: Budget, prices: PriceList, retention: Duration, capacity: Int,
        now: @escaping @Sendable () -> Moment, logger: Logger
    ) {
        self.path = path
        self.pool = pool
        limits = Mutex(budget)
        self.prices = prices
        self.retention = retention
        self.now = now
        let writer = RowWriter(prices: prices, retention: retention)
        queue = RowQueue(capacity: capacity, logger: logger) { rows, _ async throws(LedgerError) in
            do {
                try await pool.write { db in try writer.write(rows, to: db) }
            } catch {
                throw StoreFile.fault(error, path)
            }
        }
    }

    /// Whether a ledger that is there can be written, without changing it.
    ///
    /// - Returns: the version of its tables, 0 for none yet, and the newest that is known here.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` as opening it would.
    public static func schema(of path: String) async throws(LedgerError) -> (version: Int, newest: Int) {
        let version = try await StoreFile.offThePool { () throws(LedgerError) in
            try StoreFile.version(of: path, as: .ledger)
        }
        return (version, FileKind.ledger.migrations.count)
    }

    func fault(_ error: any Error) -> LedgerError { StoreFile.fault(error, path) }
}

// MARK: - Money

extension SQLiteWarmStore: SpendGate {
    public func reserve(_ request: SpendRequest) async -> SpendAnswer {
        if let obstacle { return .refused(pause(obstacle, request.wall)) }
        do {
            let budget = budget
            let answer = try await pool.write { db in try SpendTable.reserve(request, budget, db) }
            retreat.withLock { $0.succeeded() }
            return answer
        } catch {
            return .refused(pause(fault(error).reason, request.wall))
        }
    }

    public func settle(_ reservation: Reservation, at cost: USD) async {
        // In a task of its own: what was spent is written down though the caller's was cancelled.
        await Task {
            do {
                try await pool.write { db in try SpendTable.settle(reservation, at: cost, db) }
            } catch {
                // It stays open, and so counts at its worst case.
                queue.complain(
                    "a settlement could not be written, so its reservation counts as spent: \(fault(error).reason)")
            }
        }.value
    }

    public func limit(to budget: Budget) async -> Bool {
        limits.withLock { $0 = budget }
        return true
    }

    /// What has been spent or is reserved on the day of a moment; everything there is where it cannot be read, so that
    /// nobody takes a broken ledger for an unspent one.
    public func spent(on wall: Moment) async -> USD {
        let budget = budget
        let sum = try? await pool.read { db in try SpendTable.used(budget, nil, on: wall, db) }
        return sum ?? .largest
    }

    /// What is not clear is not sent; it is asked for again soon.
    private func pause(_ reason: String, _ wall: Moment) -> SpendRefusal {
        SpendRefusal(
            reason: "nothing is spent while the ledger cannot be written: \(reason)",
            retryAt: retreat.withLock { $0.failed(at: wall) })
    }
}
