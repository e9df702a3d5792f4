public import CachePrices
import Synchronization
public import WarmingPolicies

/// A spend gate that forgets with the process: good for one process that lives long, and for tests.
public final class InMemorySpendGate: SpendGate {
    private let account: Mutex<SpendAccount>

    /// - Parameter budget: the limits of all scopes together.
    public init(budget: Budget) { account = Mutex(SpendAccount(budget: budget)) }

    public func reserve(_ request: SpendRequest) async -> SpendAnswer {
        account.withLock { $0.reserve(request) }
    }

    public func settle(_ reservation: Reservation, at cost: USD) async {
        account.withLock { $0.settle(reservation, at: cost) }
    }

    public func limit(to budget: Budget) async -> Bool {
        account.withLock { $0.budget = budget }
        return true
    }

    public func spent(on wall: Moment) async -> USD {
        account.withLock { $0.spent(on: wall) }
    }
}
