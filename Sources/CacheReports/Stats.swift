public import CachePrices
public import Foundation
import PromptCache
public import PromptCacheWarmer
public import WarmingPolicies

/// What has become of a stretch of traffic: in all, by group, and over time.
public struct Stats: Sendable {
    /// What groups are made by.
    public enum Grouping: String, Sendable, CaseIterable {
        case scope, model, upstream, hour, day
    }

    /// One line of a report.
    public struct Group: Sendable, Hashable {
        /// The scope, model or upstream; the start of an hour or a day as `2026-11-25 10:00` or `2026-11-25`.
        public var name: String
        public var totals: LedgerTotals
    }

    /// The beginning of the first hour and the end of the last one with anything in it; what was asked for if there is none.
    public let since: Moment
    public let until: Moment
    public let grouping: Grouping
    /// By name; scopes, models and upstreams with the most requests and pings first.
    public let groups: [Group]
    public let total: LedgerTotals
    /// In the order of time without gaps: by hours up to three days, by days beyond.
    public let overTime: [Group]
    /// Whether ``overTime`` is by days.
    public let isByDay: Bool

    /// Sums hours up.
    ///
    /// - Parameters:
    ///   - hours: the totals of hours, in any order.
    ///   - grouping: what groups are made by.
    ///   - timeZone: where a day begins and hours are named.
    public init(_ hours: [HourTotals], by grouping: Grouping, timeZone: TimeZone = .gmt) {
        self.grouping = grouping
        let calendar = StatsCalendar(timeZone: timeZone)
        let first = hours.map(\.key.hour).min()
        let last = hours.map { $0.key.hour + .seconds(3600) }.max()
        since = first ?? Moment(nanosecondsSince1970: 0)
        until = last ?? since
        total = hours.reduce(into: LedgerTotals()) { $0 += $1.totals }
        let isByDay = until - since > .seconds(3 * 86_400)
        self.isByDay = isByDay

        var sums: [String: LedgerTotals] = [:]
        var timely: [String: LedgerTotals] = [:]
        // Hours come many to a name, and naming one is slow.
        var names: [Moment: (hour: String, day: String)] = [:]
        for hour in hours {
            let key = hour.key
            let named = names[key.hour] ?? (calendar.hour(key.hour), calendar.day(key.hour))
            names[key.hour] = named
            let name =
                switch grouping {
                case .scope: key.scope
                case .model: key.model.name
                case .upstream: key.upstream
                case .hour: named.hour
                case .day: named.day
                }
            sums[name, default: LedgerTotals()] += hour.totals
            timely[isByDay ? named.day : named.hour, default: LedgerTotals()] += hour.totals
        }
        let isTime = grouping == .hour || grouping == .day
        groups = sums.map { Group(name: $0.key, totals: $0.value) }.sorted { a, b in
            let (one, other) = (a.totals.requests + a.totals.pings, b.totals.requests + b.totals.pings)
            return isTime || one == other ? a.name < b.name : one > other
        }
        var steps: [Group] = []
        var at = since
        while at < until {
            let name = isByDay ? calendar.day(at) : calendar.hour(at)
            if steps.last?.name != name { steps.append(Group(name: name, totals: timely[name] ?? LedgerTotals())) }
            at = at + .seconds(3600)
        }
        overTime = steps
    }
}

extension Stats {
    /// Whether there is anything to say about pings; other people's records have none.
    var hasPings: Bool {
        total.pings + total.pingFailures + total.pingRefusals > 0 || total.pingCost > .zero || total.saved > .zero
    }

    /// What stands behind the hit rate in tables for people.
    var moneyColumns: [(name: String, amount: any KeyPath<LedgerTotals, USD> & Sendable)] {
        hasPings ? [("spent", \.pingCost), ("saved", \.saved), ("net", \.net)] : [("cost", \.cost)]
    }

    /// A moment as reports write it: `2026-11-25T10:05:31Z`.
    public static func timeText(_ moment: Moment) -> String { StatsCalendar.iso8601(moment) }

    /// Sums up rows of any origin, such as records of other programs: savings are proven in the order of time.
    public static func hours(of rows: [LedgerRow], prices: PriceList) -> [HourTotals] {
        var proof = SavingsProof(prices: prices)
        var sums: [HourTotals.Key: LedgerTotals] = [:]
        for row in rows.sorted(by: { $0.at < $1.at }) {
            let saved = proof.add(row)
            sums[HourTotals.Key(of: row), default: LedgerTotals()]
                .add(row, saved: saved, premium: proof.premium(of: row))
        }
        return sums.map { HourTotals($0.key, $0.value) }.sorted { $0.key < $1.key }
    }
}

/// Names of hours and days in a zone.
struct StatsCalendar {
    static let utc = StatsCalendar(timeZone: .gmt)
    private var calendar = Calendar(identifier: .gregorian)

    init(timeZone: TimeZone) { calendar.timeZone = timeZone }

    func day(_ moment: Moment) -> String {
        let parts = parts(moment)
        return "\(pad(parts.year, 4))-\(pad(parts.month))-\(pad(parts.day))"
    }

    func hour(_ moment: Moment) -> String { "\(day(moment)) \(pad(parts(moment).hour)):\(pad(parts(moment).minute))" }

    /// For programs: always in UTC.
    static func iso8601(_ moment: Moment) -> String {
        let parts = utc.parts(moment)
        return "\(utc.day(moment))T\(utc.pad(parts.hour)):\(utc.pad(parts.minute)):\(utc.pad(parts.second))Z"
    }

    private func parts(_ moment: Moment) -> DateComponents {
        calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: moment.secondsSince1970))
    }

    private func pad(_ number: Int?, _ width: Int = 2) -> String {
        let text = String(number ?? 0)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
