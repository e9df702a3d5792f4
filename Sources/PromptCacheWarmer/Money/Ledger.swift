public import WarmingPolicies

/// What has happened, written down: arrivals and pings, and their totals by the hour.
///
/// To implement one: ``record(_:)`` returns at once and never waits for a disk; rows are written later, in their order.
/// What cannot be taken in is dropped and counted, and from then on ``obstacle`` says so, since a warmer that cannot
/// write down what it spends must not spend. A row from the future is booked now: ``LedgerRow/noLater(than:)``. Savings are
/// proven with ``SavingsProof`` as rows come in, over the rows of
/// all processes that share the ledger. `StoreConformance` checks all that.
public protocol Ledger: Sendable {
    /// Takes a row in. Several tasks call at once.
    func record(_ row: LedgerRow)

    /// Waits until all that was taken in is written.
    ///
    /// - Throws: ``LedgerError`` if it cannot be.
    func flush() async throws(LedgerError)

    /// Why rows are not being written as fast as they come; nil while all is well.
    var obstacle: String? { get }

    /// Raw rows that began in a stretch of time, the oldest first. They are kept for a while only; totals for ever.
    func rows(from start: Moment, to end: Moment) async throws(LedgerError) -> [LedgerRow]

    /// The totals of the hours that begin in a stretch of time, in the order of time.
    func totals(from start: Moment, to end: Moment) async throws(LedgerError) -> [HourTotals]
}

/// What is wrong with a ledger, and what to do.
public struct LedgerError: Error, Hashable, Sendable {
    /// What kind of mistake it is.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable { case unreadable, notALedger, newerVersion, damaged, full, busy, broken }
        private let value: Value

        /// There is no such file, or it may not be read or written.
        public static let unreadable = Code(value: .unreadable)
        /// It is something else.
        public static let notALedger = Code(value: .notALedger)
        /// A later version of the program has written it.
        public static let newerVersion = Code(value: .newerVersion)
        /// Some of it is lost.
        public static let damaged = Code(value: .damaged)
        /// There is no room left.
        public static let full = Code(value: .full)
        /// Others hold it for too long.
        public static let busy = Code(value: .busy)
        /// Something else.
        public static let broken = Code(value: .broken)
    }

    public let code: Code
    /// One line: which ledger, what is wrong, what to do.
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension LedgerError: CustomStringConvertible {
    public var description: String { reason }
}
