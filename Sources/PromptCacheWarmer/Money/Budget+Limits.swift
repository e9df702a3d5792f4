package import CachePrices
import Foundation
package import WarmingPolicies

/// The rule of a budget, which every spend gate asks.
extension Budget {
    /// Why a wish goes beyond this budget; nil if it does not.
    ///
    /// - Parameters:
    ///   - used: what was spent and is reserved on the day of the wish.
    ///   - scope: whose budget it is; nil for that of all.
    ///   - open: how much of it is reserved for calls that may be under way; asked only where it matters.
    package func refusal<Fault>(
        of request: SpendRequest, used: USD, scope: String?, open: () throws(Fault) -> USD
    ) throws(Fault) -> SpendRefusal? {
        let whose = scope.map { "the budget of \($0)" } ?? "the budget"
        if let perPing, request.worstCase > perPing {
            return SpendRefusal(
                reason: "a ping may cost \(request.worstCase) at worst, above \(perPing) a ping in \(whose)",
                retryAt: nil)
        }
        guard used + request.worstCase > perDay else { return nil }
        let reason = "a ping may cost \(request.worstCase) at worst and \(used) of \(perDay) a day in \(whose) is used"
        if request.worstCase > perDay { return SpendRefusal(reason: reason, retryAt: nil) }
        let open = try open()
        if open > .zero, used - open + request.worstCase <= perDay {
            return SpendRefusal(
                reason: "\(reason), \(open) of it by pings under way", retryAt: request.wall + Self.settlesSoon)
        }
        return SpendRefusal(reason: reason, retryAt: nextDay(after: request.wall))
    }

    /// Calls under way are soon settled with the truth, which is a tenth of the worst case as a rule.
    private static let settlesSoon = Duration.seconds(5)
    /// How long a call can be under way, its answer included; what is open for longer was left behind by a crash.
    package static let longestCall = Duration.seconds(600)

    /// When the day of a moment began.
    package func startOfDay(_ wall: Moment) -> Moment { Moment(calendar.startOfDay(for: Date(wall))) }

    private func nextDay(after wall: Moment) -> Moment {
        let start = calendar.startOfDay(for: Date(wall))
        return Moment(calendar.date(byAdding: .day, value: 1, to: start) ?? start.addingTimeInterval(86400))
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar
    }
}

extension Date {
    fileprivate init(_ moment: Moment) { self.init(timeIntervalSince1970: moment.secondsSince1970) }
}

extension Moment {
    fileprivate init(_ date: Date) { self.init(secondsSince1970: date.timeIntervalSince1970) }
}
