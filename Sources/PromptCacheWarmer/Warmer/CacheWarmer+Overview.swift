import CachePrices
import HeapModule
import WarmingPolicies

/// Which scopes to tell of, and in which order.
public struct ScopeQuery: Sendable, Hashable {
    /// What the name must contain, in any case; empty for all.
    public var search: String
    /// The state that a scope must be in; nil for any.
    public var state: ScopeState?
    /// What comes first.
    public var order: Order
    /// How many to leave out at the beginning; 0 or more.
    public var offset: Int
    /// How many to tell of; 0 or more.
    public var limit: Int

    /// An order of scopes; where it leaves two equal, by name.
    public enum Order: Sendable, Hashable {
        /// By what they do next, the earliest first.
        case urgency
        /// By what their pings have cost, the most expensive first.
        case spending
    }

    public init(search: String = "", state: ScopeState? = nil, order: Order = .urgency, offset: Int = 0, limit: Int) {
        self.search = search
        self.state = state
        self.order = order
        self.offset = max(0, offset)
        self.limit = max(0, limit)
    }
}

/// The state of a scope, in a word.
public enum ScopeState: String, Sendable, Hashable, CaseIterable {
    case warm, cold, paused, stopped
}

/// The scopes at a glance.
public struct ScopeOverview: Sendable {
    /// Of all scopes.
    public var counts: ScopeCounts
    /// How many scopes the query has found.
    public var found: Int
    /// Those of the page that was asked for, in the order of the query.
    public var page: [ScopeStatus]
}

extension CacheWarmer {
    /// Counts all scopes and tells of a few: the same work for each scope, and a status only for those of the page.
    public func overview(_ query: ScopeQuery) -> ScopeOverview {
        let now = clock.now
        let search = query.search.lowercased()
        var overview = ScopeOverview(counts: ScopeCounts(), found: 0, page: [])
        var first = Heap<Ranked>()
        let size = query.offset + query.limit
        for cell in table.all {
            let intent = cell.plannedIntent(now)
            let state = cell.entry.state(at: now.elapsed)
            overview.counts.add(cell, state, intent, now)
            guard query.state == nil || query.state == state,
                search.isEmpty || cell.entry.plan.id.lowercased().contains(search)
            else { continue }
            overview.found += 1
            first.insert(Ranked(rank: query.order.rank(cell.entry, intent), cell: cell))
            if first.count > size { first.removeMax() }
        }
        overview.page = first.unordered.sorted().dropFirst(query.offset).map { ScopeStatus($0.cell, now: now) }
        return overview
    }

    private struct Ranked: Comparable {
        var rank: Int64
        var cell: EntryCell

        static func < (a: Ranked, b: Ranked) -> Bool {
            (a.rank, a.cell.entry.plan.id) < (b.rank, b.cell.entry.plan.id)
        }
        static func == (a: Ranked, b: Ranked) -> Bool { a.rank == b.rank && a.cell === b.cell }
    }
}

extension ScopeQuery.Order {
    /// What comes first has the lowest.
    fileprivate func rank(_ entry: WarmEntry, _ intent: Intent) -> Int64 {
        switch self {
        case .urgency: intent.at?.nanosecondsSince1970 ?? .max
        case .spending: -entry.totals.spent.picodollars
        }
    }
}

extension ScopeCounts {
    fileprivate mutating func add(_ cell: EntryCell, _ state: ScopeState, _ intent: Intent, _ now: ClockReading) {
        switch state {
        case .warm: warm += 1
        case .cold: cold += 1
        case .paused: paused += 1
        case .stopped: stopped += 1
        }
        if intent.pings, let at = intent.at, at <= now.elapsed {
            due += 1
            longestOverdue = max(longestOverdue, now.elapsed - min(cell.queuedAt ?? at, at))
        }
        totals += cell.entry.totals
    }
}

extension ScopeStatus {
    /// Its state, in a word.
    public var state: ScopeState {
        if stopReason != nil { return .stopped }
        if isPaused { return .paused }
        return lifeLeft > .zero ? .warm : .cold
    }
}

extension WarmEntry {
    fileprivate func state(at moment: Moment) -> ScopeState {
        if whyStopped != nil { return .stopped }
        if isPaused { return .paused }
        return lifeLeft(at: moment) > .zero ? .warm : .cold
    }
}
