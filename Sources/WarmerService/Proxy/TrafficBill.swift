public import CachePrices
public import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// What has gone through a proxy and what it has cost: sums only.
public struct TrafficBill: Sendable, Hashable {
    /// Requests to `/v1/messages` that were answered with a usage.
    public var requests = 0
    /// Of these, those that read everything that could be read.
    public var hits = 0
    /// Those that wrote what nobody had written before.
    public var firstSights = 0
    /// Those that are too short to be cached, or bear no marker.
    public var uncached = 0
    /// Those that paid again for what had been cached, by cause.
    public var coldStarts: [MissCause: Int] = [:]
    /// Requests that failed, or whose usage could not be read.
    public var unknown = 0
    public var batches = 0
    public var usage = Usage()
    /// What the requests have cost.
    public var spent = USD.zero
    /// What of that was paid again.
    public var lost = USD.zero
    /// What pings for expired prefixes would have spared, had they been sent; at most, since nobody knows which other
    /// pings would have been sent in vain.
    public var couldHaveSaved = USD.zero
    public var pings = 0
    public var pingsSpent = USD.zero
    /// What pings have spared requests that came too late otherwise.
    public var saved = USD.zero

    public init() {}

    /// The requests that paid again.
    public var coldStartCount: Int { coldStarts.values.reduce(0, +) }

    mutating func add(_ finding: ArrivalFinding, usage: Usage?, prices: TokenPrices?, lifetime: Lifetime?) {
        spent = spent + (finding.cost ?? .zero)
        guard let usage else {
            unknown += 1
            return
        }
        requests += 1
        self.usage += usage
        lost = lost + finding.lost
        saved = saved + finding.saved
        switch finding.verdict {
        case .hit: hits += 1
        case .uncached: uncached += 1
        case .unknown: unknown += 1
        case .cold, .partial:
            if finding.isColdStart, let cause = finding.cause {
                coldStarts[cause, default: 0] += 1
            } else {
                firstSights += 1
            }
        }
        guard finding.cause == .expired, let idle = finding.idle, let prices, let lifetime else { return }
        let spacing = lifetime == .fiveMinutes ? Duration.seconds(285) : .seconds(3540)
        let pings = Int(idle / spacing)
        let held = prices.read * finding.missed * pings
        if finding.lost > held { couldHaveSaved = couldHaveSaved + (finding.lost - held) }
    }

    mutating func add(_ tick: Tick) {
        if case .pinged = tick.outcome { pings += 1 }
        pingsSpent = pingsSpent + tick.cost
    }
}
