import CachePrices
import PromptCache
import PromptCacheWarmer

/// Requests that found nothing, and pings that wrote what they should have read: why, which, and what to do.
struct MissesContent {
    struct Cause {
        var name: String
        var count: Int
        /// What the misses have cost; nil where that is not kept.
        var cost: String?
        var advice: String
    }

    struct Offender {
        var scope: String
        var count: Int
        var cost: String
        var last: String
    }

    /// A request that missed.
    struct Request {
        var time: String
        var iso: String
        var scope: String
        var cause: String
        /// What is another one than before.
        var difference: String?
        var cost: String
    }

    var count: Int
    var cost: String
    var causes: [Cause]
    /// Of requests, as the ledger has them.
    var requestCauses: [Cause]
    var hasRequestCauses: Bool
    var since: String?
    var requests: [Request]
    var hasRequests: Bool
    var offenders: [Offender]
    var hasOffenders: Bool
    var ticks: [TickLine]
    var hasTicks: Bool
    var isEmpty: Bool

    private static let listed = 20

    init(_ facts: PageFacts) {
        let tallies = facts.history.causes
        count = tallies.reduce(0) { $0 + $1.tally.count }
        cost = tallies.reduce(USD.zero) { $0 + $1.tally.cost }.short
        causes = tallies.map {
            Cause(name: $0.cause.rawValue, count: $0.tally.count, cost: $0.tally.cost.short, advice: $0.cause.advice)
        }
        requestCauses = facts.ledger.map { Self.causes($0.fold.all.causes) } ?? []
        hasRequestCauses = !requestCauses.isEmpty
        since = facts.ledger.map { facts.words.time($0.fold.since) }
        requests = facts.history.missedArrivals(limit: Self.listed).map { Request($0, facts.words) }
        hasRequests = !requests.isEmpty
        offenders = facts.history.offenders(limit: Self.listed).map {
            Offender(
                scope: $0.scope, count: $0.tally.count, cost: $0.tally.cost.short,
                last: facts.words.time($0.tally.lastAt))
        }
        hasOffenders = !offenders.isEmpty
        ticks = facts.history.misses(limit: Self.listed).map { TickLine($0, facts.words) }
        hasTicks = !ticks.isEmpty
        isEmpty = count == 0 && !hasRequestCauses && !hasRequests
    }

    /// The most frequent first; a first sight is no miss.
    private static func causes(_ counts: LedgerTotals.CauseCounts) -> [Cause] {
        MissCause.allCases.filter { $0 != .firstSight && counts[$0] > 0 }
            .sorted { (counts[$1], $0.rawValue) < (counts[$0], $1.rawValue) }
            .map { Cause(name: $0.rawValue, count: counts[$0], cost: nil, advice: $0.advice) }
    }
}

extension MissesContent.Request {
    init(_ row: LedgerRow, _ words: PageWords) {
        time = words.time(row.at)
        iso = row.at.iso8601
        scope = row.scope
        cause = row.cause?.rawValue ?? "not found"
        difference = row.reason.isEmpty ? nil : row.reason
        cost = row.cost?.short ?? "–"
    }
}

extension MissCause {
    /// What it means and what to do, for people.
    fileprivate var advice: String {
        switch self {
        case .firstSight: "Nobody had sent it before: nothing is wrong."
        case .expired: "It came after the lifetime had run out: nothing held it, or a ping was late or failed."
        case .diverged: "What is sent is no longer what is cached. Compare two requests with `warmer diff`."
        case .evictedEarly: "The provider dropped it before its time. Rare ones are normal."
        case .elsewhere: "Pings hit where arrivals miss: another region, workspace or key."
        case .belowMinimum: "The prefix is shorter than the model's minimum: the provider never caches it."
        case .lifetimeDowngraded: "An hour was asked for and five minutes were given: some routes do that silently."
        case .notMarked: "Neither read nor written: the marker is missing, or a gateway takes it off."
        }
    }
}
