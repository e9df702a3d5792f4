public import CachePrices
public import WarmingPolicies

/// Everything that a process of ours writes down, in one place that outlives it: a ledger, the door that money passes, and
/// what is learned. A file, or a database that many share.
public protocol WarmStore: Ledger, SpendGate, ExperienceStore {
    /// Where it is, as people write it; without a password.
    var place: String { get }

    /// What it says about itself.
    func summary() async throws(LedgerError) -> LedgerSummary

    /// Looks for damage.
    ///
    /// - Throws: ``LedgerError`` with the first that it finds.
    func check() async throws(LedgerError)

    /// Ends once all that was taken in is written.
    ///
    /// - Throws: ``LedgerError`` if it cannot be.
    func close() async throws(LedgerError)
}

/// What a ledger says about itself.
public struct LedgerSummary: Sendable, Hashable {
    /// Of its tables.
    public var version: Int
    /// Raw rows.
    public var rows: Int
    public var oldest: Moment?
    public var newest: Moment?
    /// Reservations that were never settled, and so count as spent.
    public var openReservations: Int
    public var openAmount: USD
    /// What all settled calls have cost.
    public var settled: USD

    public init(
        version: Int, rows: Int, oldest: Moment?, newest: Moment?, openReservations: Int, openAmount: USD, settled: USD
    ) {
        self.version = version
        self.rows = rows
        self.oldest = oldest
        self.newest = newest
        self.openReservations = openReservations
        self.openAmount = openAmount
        self.settled = settled
    }
}
