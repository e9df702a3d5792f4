import CachePrices
import Foundation
import WarmingPolicies

/// The arithmetic of a budget: what was spent and reserved on the current day, in all and by scope.
///
/// A state machine without effects. The day of a reservation is the day on which it was made.
struct SpendAccount: Sendable {
    private struct Day: Sendable {
        var start: Moment
        var total = USD.zero
        var byScope: [String: USD] = [:]

        mutating func add(_ amount: USD, to scope: String) {
            total += amount
            byScope[scope, default: .zero] += amount
        }
    }

    var budget: Budget
    private var days: [TimeZone: Day] = [:]
    private var open: [UInt64: Reservation] = [:]
    private var nextID: UInt64 = 1

    init(budget: Budget) { self.budget = budget }

    mutating func reserve(_ request: SpendRequest) -> SpendAnswer {
        let limits = [(budget, nil)] + (request.scopeBudget.map { [($0, request.scope)] } ?? [])
        for (limit, scope) in limits {
            turn(to: request.wall, of: limit)
            let used = spent(in: limit.timeZone, scope: scope)
            let refusal = limit.refusal(of: request, used: used, scope: scope) {
                open.values.filter { scope == nil || $0.scope == scope }.map(\.amount).reduce(.zero, +)
            }
            if let refusal { return .refused(refusal) }
        }
        if let limit = request.scopeBudget { turn(to: request.wall, of: limit) }
        let reservation = Reservation(id: nextID, scope: request.scope, amount: request.worstCase)
        nextID += 1
        open[reservation.id] = reservation
        add(reservation.amount, to: request.scope)
        return .granted(reservation)
    }

    mutating func settle(_ reservation: Reservation, at cost: USD) {
        guard open.removeValue(forKey: reservation.id) != nil else { return }
        add(cost - reservation.amount, to: reservation.scope)
    }

    mutating func spent(on wall: Moment) -> USD {
        turn(to: wall, of: budget)
        return spent(in: budget.timeZone, scope: nil)
    }

    private func spent(in zone: TimeZone, scope: String?) -> USD {
        guard let day = days[zone] else { return .zero }
        guard let scope else { return day.total }
        return day.byScope[scope] ?? .zero
    }

    private mutating func add(_ amount: USD, to scope: String) {
        // In place: a day's sums by scope are many.
        var index = days.startIndex
        while index < days.endIndex {
            days.values[index].add(amount, to: scope)
            days.formIndex(after: &index)
        }
    }

    /// A new day starts with what is still open; a clock that jumps back stays in the later day, so that it cannot be
    /// spent twice.
    private mutating func turn(to wall: Moment, of limit: Budget) {
        let zone = limit.timeZone
        let start = limit.startOfDay(wall)
        if let current = days[zone], current.start >= start { return }
        var day = Day(start: start)
        for reservation in open.values {
            day.add(reservation.amount, to: reservation.scope)
        }
        days[zone] = day
    }
}
