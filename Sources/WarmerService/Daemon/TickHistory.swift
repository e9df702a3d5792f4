import CachePrices
import DequeModule
import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// What has become of recent pings, and what misses have come to since the start. Bounded however many scopes there are.
final class TickHistory: Sendable {
    /// The misses of a scope, or of a cause.
    struct MissTally: Sendable, Hashable {
        var count = 0
        var cost = USD.zero
        var lastAt = Moment.distantPast
    }

    /// What happened in an hour.
    struct Hour: Sendable, Hashable {
        /// Its beginning, by the time of day.
        var start: Moment
        var pings = 0
        var hits = 0
        var failures = 0
        var spent = USD.zero
    }

    /// A request of the user's.
    struct Arrival: Sendable, Hashable {
        var scope: String
        /// By the time of day.
        var at: Moment
        var cause: MissCause?
    }

    fileprivate struct State {
        var arrivals: Deque<Arrival> = []
        var missed: Deque<LedgerRow> = []
        var ticks: Deque<Tick> = []
        var hours: Deque<Hour> = []
        var causes: [MissCause: MissTally] = [:]
        var offenders: [String: MissTally] = [:]
    }

    /// How many ticks are kept: some megabytes.
    static let capacity = 20_000
    private static let missesKept = 200
    /// Two days.
    static let mostHours = 48

    private let state = Mutex(State())

    func record(_ tick: Tick) {
        state.withLock { state in
            state.ticks.append(tick)
            if state.ticks.count > Self.capacity { state.ticks.removeFirst() }
            state.count(tick)
            guard case .pinged(_, let cause?) = tick.outcome, cause != .firstSight else { return }
            state.causes[cause, default: MissTally()].add(tick)
            state.offenders[tick.scope, default: MissTally()].add(tick)
        }
    }

    /// A request of the user's was written down.
    func arrived(_ row: LedgerRow) {
        state.withLock { state in
            state.arrivals.append(Arrival(scope: row.scope, at: row.at, cause: row.cause))
            if state.arrivals.count > Self.capacity { state.arrivals.removeFirst() }
            guard let cause = row.cause, cause != .firstSight else { return }
            state.missed.append(row)
            if state.missed.count > Self.missesKept { state.missed.removeFirst() }
        }
    }

    /// The last requests, the newest first.
    func arrivals(of scope: String? = nil, limit: Int) -> [Arrival] {
        state.withLock { state in
            Array(state.arrivals.reversed().lazy.filter { scope == nil || $0.scope == scope }.prefix(limit))
        }
    }

    /// The last requests that missed what they could have read, the newest first.
    func missedArrivals(limit: Int) -> [LedgerRow] { state.withLock { Array($0.missed.reversed().prefix(limit)) } }

    /// The last ticks, the newest first.
    ///
    /// - Parameters:
    ///   - scope: of which scope; nil for all.
    ///   - limit: how many at most.
    func ticks(of scope: String? = nil, limit: Int) -> [Tick] {
        state.withLock { state in
            Array(state.ticks.reversed().lazy.filter { scope == nil || $0.scope == scope }.prefix(limit))
        }
    }

    /// The last misses, the newest first; first writes are none.
    func misses(limit: Int) -> [Tick] {
        state.withLock { state in Array(state.ticks.reversed().lazy.filter(\.isMiss).prefix(limit)) }
    }

    /// By what caused them, the most frequent first.
    var causes: [(cause: MissCause, tally: MissTally)] {
        state.withLock(\.causes).sorted { ($0.value.count, $1.key.rawValue) > ($1.value.count, $0.key.rawValue) }
            .map { ($0.key, $0.value) }
    }

    /// The scopes with the most misses, the worst first.
    func offenders(limit: Int) -> [(scope: String, tally: MissTally)] {
        state.withLock(\.offenders).sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
            .prefix(limit).map { ($0.key, $0.value) }
    }

    /// The hours in which something happened, the oldest first.
    var hours: [Hour] { Array(state.withLock(\.hours)) }
}

extension TickHistory.MissTally {
    fileprivate mutating func add(_ tick: Tick) {
        count += 1
        cost = cost + tick.cost
        lastAt = max(lastAt, tick.at.wall)
    }
}

extension TickHistory.State {
    fileprivate mutating func count(_ tick: Tick) {
        let seconds = Int64(tick.at.wall.secondsSince1970.rounded(.down))
        let start = Moment(secondsSince1970: Double(seconds - seconds % 3600))
        if hours.last.map({ $0.start < start }) ?? true {
            hours.append(TickHistory.Hour(start: start))
            if hours.count > TickHistory.mostHours { hours.removeFirst() }
        }
        let last = hours.count - 1
        hours[last].spent = hours[last].spent + tick.cost
        switch tick.outcome {
        case .pinged(let verdict, _):
            hours[last].pings += 1
            if verdict == .hit { hours[last].hits += 1 }
        case .failed: hours[last].failures += 1
        case .refused: break
        }
    }
}

extension Tick {
    /// Whether a ping found written what it should have read.
    var isMiss: Bool {
        if case .pinged(_, let cause?) = outcome { cause != .firstSight } else { false }
    }
}
