import CachePrices
import WarmingPolicies

/// A spend gate that grants nothing while warming is switched off.
struct SwitchedSpendGate: SpendGate {
    let gate: any SpendGate
    let warmingSwitch: WarmingSwitch

    func reserve(_ request: SpendRequest) async -> SpendAnswer {
        if let reason = warmingSwitch.offReason {
            // The warmer begins nothing meanwhile, so that there is no time to wait for.
            return .refused(SpendRefusal(reason: "warming is switched off: \(reason)", retryAt: request.wall))
        }
        return await gate.reserve(request)
    }

    func settle(_ reservation: Reservation, at cost: USD) async { await gate.settle(reservation, at: cost) }
    func spent(on wall: Moment) async -> USD { await gate.spent(on: wall) }
    func limit(to budget: Budget) async -> Bool { await gate.limit(to: budget) }
}
