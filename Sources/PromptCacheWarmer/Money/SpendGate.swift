public import CachePrices
public import WarmingPolicies

/// The one door that money passes: reserve the worst case, send, settle with the truth.
///
/// To implement one: grant a reservation only if everything reserved and spent so far, together with it, stays within
/// every limit; count what is never settled as spent. Several tasks call at once.
public protocol SpendGate: Sendable {
    /// Sets money aside for one call.
    func reserve(_ request: SpendRequest) async -> SpendAnswer

    /// Replaces a reservation by what the call has cost. A reservation is settled at most once.
    func settle(_ reservation: Reservation, at cost: USD) async

    /// What has been spent or is reserved on the day of a moment.
    func spent(on wall: Moment) async -> USD

    /// Puts other limits in force for all scopes together; what was spent stays spent.
    ///
    /// - Returns: whether it can.
    func limit(to budget: Budget) async -> Bool
}

extension SpendGate {
    public func limit(to budget: Budget) async -> Bool { false }
}

/// A wish to spend.
public struct SpendRequest: Sendable {
    /// Whose ping it is.
    public var scope: String
    /// What it costs at worst.
    public var worstCase: USD
    /// The time of day.
    public var wall: Moment
    /// The scope's own limits, besides the limits of all.
    public var scopeBudget: Budget?

    public init(scope: String, worstCase: USD, wall: Moment, scopeBudget: Budget? = nil) {
        self.scope = scope
        self.worstCase = worstCase
        self.wall = wall
        self.scopeBudget = scopeBudget
    }
}

/// Money set aside.
public struct Reservation: Sendable, Hashable {
    public var id: UInt64
    public var scope: String
    public var amount: USD

    public init(id: UInt64, scope: String, amount: USD) {
        self.id = id
        self.scope = scope
        self.amount = amount
    }
}

/// Yes, or no with the reason.
public enum SpendAnswer: Sendable {
    case granted(Reservation)
    case refused(SpendRefusal)
}

/// Why money was refused, and when it may be asked for again.
public struct SpendRefusal: Error, Sendable, Hashable {
    /// For people, with the amounts.
    public var reason: String
    /// The time of day from which on the answer may be another; nil for never under this budget.
    public var retryAt: Moment?

    public init(reason: String, retryAt: Moment?) {
        self.reason = reason
        self.retryAt = retryAt
    }
}
