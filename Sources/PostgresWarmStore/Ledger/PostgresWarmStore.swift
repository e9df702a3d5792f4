public import CachePrices
public import Logging
public import PromptCacheWarmer
import Synchronization
public import WarmingPolicies

/// The fleet's engine of the store protocols: a ledger and a spend gate that many processes share, in PostgreSQL.
///
/// ```swift
/// let store = try await PostgresWarmStore.open("postgres://warmer@db.internal/warmer?sslmode=verify-full", budget: budget)
/// ```
///
/// Every reservation and every settlement is a transaction of its own that is on the server's disk when the call returns.
/// Rows of the ledger go through a bounded queue and are written in batches, each row once, also where the answer to its
/// writing is lost. While the server cannot be reached nothing is spent, rows wait, and connections are tried again with
/// pauses that grow to 5 s. Each connection has a thread of its own: nothing here blocks the cooperative pool.
public final class PostgresWarmStore: Sendable {
    /// Where it is, without a password: `postgres://user@host/database`.
    public let place: String
    let pool: ConnectionPool
    private let limits: Mutex<Budget>
    var budget: Budget { limits.withLock(\.self) }
    let prices: PriceList
    /// What stands for the store's clock; nil for that itself.
    let now: (@Sendable () -> Moment)?
    let queue: RowQueue
    private let settlements = Mutex<[Settlement]>([])
    private let retreat = Mutex(Retreat())

    /// How long raw rows are kept; totals of the hours are kept for ever.
    public static let defaultRetention = Duration.seconds(30 * 86_400)
    /// How many rows wait for a server that is slow or away before rows are dropped and pings stop.
    public static let defaultQueueCapacity = 65_536
    /// How many connections each process has at most.
    public static let defaultConnections = 4

    /// Opens a ledger, or makes its tables where there are none. Several may do so at once.
    ///
    /// - Parameters:
    ///   - url: `postgres://…`, as libpq takes it. Of several hosts the one that takes writes is used; `sslmode`,
    ///     `sslrootcert` and others say how far the server is trusted. The database must be there.
    ///   - budget: the limits of all scopes together, in all processes that share the ledger.
    ///   - prices: what savings are counted by.
    ///   - retention: how long raw rows are kept.
    ///   - queueCapacity: how many rows may wait to be written.
    ///   - mustExist: whether it is an error that the database holds no ledger yet.
    ///   - connections: how many connections there are at most; at least 1.
    ///   - now: what stands for the time of day, also for that of the server, by which leases expire: stepped time, for
    ///     example.
    ///   - logger: told when the ledger falls behind and when it is well again.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if the server cannot be reached or refuses, takes no writes, or the
    ///   tables are of a newer version or something else. It never holds the password.
    public static func open(
        _ url: String, budget: Budget, prices: PriceList = .builtIn, retention: Duration = defaultRetention,
        queueCapacity: Int = defaultQueueCapacity, mustExist: Bool = false, connections: Int = defaultConnections,
        now: (@Sendable () -> Moment)? = nil, logger: Logger = Logger(label: "prompt-cache-warmer")
    ) async throws(LedgerError) -> PostgresWarmStore {
        try await open(
            url, budget: budget, prices: prices, retention: retention, queueCapacity: queueCapacity,
            mustExist: mustExist, connections: connections, now: now, logger: logger, schema: .standard)
    }

    static func open(
        _ url: String, budget: Budget, prices: PriceList = .builtIn, retention: Duration = defaultRetention,
        queueCapacity: Int = defaultQueueCapacity, mustExist: Bool = false, connections: Int = defaultConnections,
        now: (@Sendable () -> Moment)? = nil, logger: Logger, schema: Schema
    ) async throws(LedgerError) -> PostgresWarmStore {
        let (server, pool) = try await connect(url, mustExist: mustExist, connections: connections, schema)
        return PostgresWarmStore(
            place: server.name, pool: pool, budget: budget, prices: prices, retention: retention,
            capacity: queueCapacity, now: now, logger: logger)
    }

    /// Opens connections, and has made sure that the first one works and that the tables are there.
    static func connect(
        _ url: String, mustExist: Bool, connections: Int, _ schema: Schema
    ) async throws(LedgerError) -> (PostgresServer, ConnectionPool) {
        let server = try PostgresServer(url)
        let door = ConnectionDoor(server) { connection throws(PostgresFault) in
            try schema.greet(connection, mustExist: mustExist)
        }
        let pool = ConnectionPool(door, count: max(1, connections))
        do {
            try await pool.run { _ throws(PostgresFault) in }
        } catch {
            throw error.error(server.name)
        }
        return (server, pool)
    }

    /// Whether a text is the URL of such a ledger, rather than the name of a file.
    public static func isURL(_ text: String) -> Bool { PostgresServer.isURL(text) }

    /// A URL as people may see it: without its password.
    public static func place(of url: String) -> String { (try? PostgresServer(url))?.name ?? "postgres://…" }

    private init(
        place: String, pool: ConnectionPool, budget: Budget, prices: PriceList, retention: Duration, capacity: Int,
        now: (@Sendable () -> Moment)?, logger: Logger
    ) {
        self.place = place
        self.pool = pool
        limits = Mutex(budget)
        self.prices = prices
        self.now = now
        let writer = RowWriter(prices: prices, retention: retention)
        queue = RowQueue(capacity: capacity, logger: logger) { rows, before async throws(LedgerError) in
            do throws(PostgresFault) {
                try await pool.transaction { connection throws(PostgresFault) in
                    try writer.write(rows, before: before, connection)
                }
            } catch {
                throw error.error(place)
            }
        }
    }

    func fault(_ error: PostgresFault) -> LedgerError { error.error(place) }
}

// MARK: - Money

/// What a call has come to, where that could not be written yet.
private struct Settlement: Sendable {
    var reservation: Reservation
    var cost: USD
}

extension PostgresWarmStore: SpendGate {
    public func reserve(_ request: SpendRequest) async -> SpendAnswer {
        do throws(LedgerError) {
            try await catchUp()
            let budget = budget
            let answer = try await changing(SpendTable.opening) { connection throws(PostgresFault) in
                try SpendTable.reserve(request, budget, connection)
            }
            retreat.withLock { $0.succeeded() }
            return answer
        } catch {
            // What is not clear is not sent; it is asked for again soon.
            return .refused(
                SpendRefusal(
                    reason: "nothing is spent while the ledger cannot be written: \(error.reason)",
                    retryAt: retreat.withLock { $0.failed(at: request.wall) }))
        }
    }

    public func settle(_ reservation: Reservation, at cost: USD) async {
        do {
            try await pool.run { connection throws(PostgresFault) in
                try SpendTable.settle(reservation, at: cost, connection)
            }
        } catch {
            // It counts at its worst case until the server is back.
            settlements.withLock { $0.append(Settlement(reservation: reservation, cost: cost)) }
            queue.complain("a settlement waits, and its reservation counts as spent: \(fault(error).reason)")
        }
    }

    public func limit(to budget: Budget) async -> Bool {
        limits.withLock { $0 = budget }
        return true
    }

    /// What has been spent or is reserved on the day of a moment by all that share the ledger; everything there is where
    /// it cannot be read, so that nobody takes a broken ledger for an unspent one.
    public func spent(on wall: Moment) async -> USD {
        let budget = budget
        let sum = try? await pool.run { connection throws(PostgresFault) in
            try SpendTable.used(budget, nil, on: wall, connection)
        }
        return sum ?? .largest
    }

    /// Writes what had to wait for the server, before anything else is spent.
    func catchUp() async throws(LedgerError) {
        while let settlement = settlements.withLock(\.last) {
            try await asking { connection throws(PostgresFault) in
                try SpendTable.settle(settlement.reservation, at: settlement.cost, connection)
            }
            settlements.withLock { $0.removeAll { $0.reservation == settlement.reservation } }
        }
        if queue.obstacle != nil { try await queue.flush() }
    }
}
