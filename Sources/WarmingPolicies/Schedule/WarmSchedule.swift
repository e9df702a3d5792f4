public import PromptCache

/// Decides for one scope when to ping next: a state machine that is told what happened and asked what to do.
///
/// It never reads a clock. All moments are the **starts** of requests, so that how long a call takes shifts nothing, and
/// they may be told late or out of order. The same history, prices and moment give the same decision.
///
/// ```
/// due     = anchor + min(the policy's spacing, lifetime − margin)      anchor: the last start that touched the entry
/// expiry  = anchor + lifetime                                          from then on it is cold, whatever was due
/// ```
///
/// The calls, in the order of a day. The adaptive policy learns from arrivals, so these take the statistics that all
/// scopes of a workload share; the other policies need only ``arrival(at:)`` and pass none.
///
/// ```swift
/// schedule.arrival(Arrival(start: …, prefixTokens: …, newTokens: …), shared: &shared, prices: prices)
/// // if the cache is cold and the lifetime is ours to choose: what to mark the request with
/// schedule.lifetimeToWrite(prices: prices, shared: shared)
/// // when the response is there
/// schedule.answered(verdict: …, awaits: …, shared: &shared)
/// schedule.paid(tokens)                                           // where the lifetime is ours: bounds the cost
/// // at once, and whenever the moment of the last decision has come
/// shared.advance(to: now)
/// schedule.next(after: now, timing: timing, prices: prices, shared: shared)
/// schedule.pinged(at: …, verdict: …); schedule.paid(tokens)       // or schedule.failed(at: …)
/// schedule.keep(until: …); schedule.drop(at: …)                   // a person, or the host, knows better
/// ```
public struct WarmSchedule: Hashable, Sendable {
    /// Why a schedule asks for no more pings until it is resumed.
    public enum Stop: String, Hashable, Sendable, CaseIterable {
        /// Three pings in a row wrote what they should have read.
        case diverged
        /// Two pings in a row were neither read nor written.
        case notCached = "not-cached"
        /// Twice in a row an arrival missed what pings had just hit: they reach another region or workspace.
        case elsewhere
    }

    /// The rule it follows.
    public let policy: WarmPolicy
    /// Whether a ping that wrote what it should have read is followed at once by one that sees whether it is read now.
    public let verifies: Bool
    /// The start of the last arrival; nil before the first.
    public internal(set) var lastArrival: Moment?
    /// The start of the last ping that was answered; nil before the first.
    public internal(set) var lastPing: Moment?
    /// The start of the last request, of anybody's, that left the entry cached; nil while nothing has.
    public internal(set) var anchor: Moment?
    /// The pings answered since the last arrival, or since the pre-warm before any.
    public internal(set) var pingsInGap = 0
    /// All pings that wrote what they should have read.
    public internal(set) var misses = 0
    /// Of these, the ones since the last hit.
    public internal(set) var missesInARow = 0
    /// The pings that failed since one was answered or somebody arrived.
    public internal(set) var failuresInARow = 0
    /// Why it has stopped; nil while it has not.
    public internal(set) var stop: Stop?
    /// Until when it is held whatever that costs; nil if nobody asked for it.
    public internal(set) var keptUntil: Moment?
    /// What pings are counted from: the last arrival or explicit pre-warm.
    var gapStart: Moment?
    var lastFailure: Moment?
    var uncachedInARow = 0
    var again: Again?
    /// Until when the last ping of this gap, a hit, holds the entry.
    var pingHitUntil: Moment?
    /// Whether it did when the last arrival came.
    var heldByPing = false
    /// When the user's conversation was said to be over.
    var droppedAt: Moment?
    /// The arrivals in a row that missed what a ping had hit before them.
    var missesBehindHits = 0
    private var boxed: Boxed<ScopeStatistics>?

    /// What the adaptive policy has learned of the scope; nil before the first arrival and for other policies.
    var learned: ScopeStatistics? {
        get { boxed?.value }
        set { boxed = newValue.map(Boxed.init) }
    }

    /// A ping out of turn.
    struct Again: Hashable, Sendable {
        var at: Moment
        /// Otherwise it is a second try after a ping that was not cached.
        var confirms: Bool
    }

    private static let confirmDelay: Duration = .seconds(2)
    private static let missesToStop = 3
    private static let uncachedToStop = 2
    private static let missesBehindHitsToStop = 2

    /// A schedule to which nothing has happened yet.
    public init(policy: WarmPolicy, verifies: Bool = false) {
        self.policy = policy
        self.verifies = verifies
    }
}

// MARK: - What happens

extension WarmSchedule {
    /// A real request of the user's touched the scope.
    ///
    /// It is the new anchor even if it found the cache cold, since it then wrote. Told late, it never moves time back.
    ///
    /// The adaptive policy learns more from ``arrival(_:shared:prices:)``.
    ///
    /// - Parameter start: when the request started.
    public mutating func arrival(at start: Moment) {
        guard policy.isAdaptive else { return touched(at: start) }
        var alone = SharedStatistics()
        arrival(Arrival(start: start), shared: &alone, prices: .usual)
    }

    /// A real request of the user's touched the scope, with what the adaptive policy learns from.
    ///
    /// - Parameters:
    ///   - shared: what the scopes of this workload have in common.
    ///   - prices: what reading and writing cost, for the account that bounds the cost.
    public mutating func arrival(_ arrival: Arrival, shared: inout SharedStatistics, prices: PriceRatios) {
        // Told late, it teaches nothing: the gap that it falls into has been counted.
        if policy.isAdaptive, lastArrival.map({ arrival.start > $0 }) ?? true {
            var statistics = learned ?? ScopeStatistics()
            statistics.arrive(arrival, shared: &shared, prices: prices)
            learned = statistics
        }
        touched(at: arrival.start)
    }

    /// The response to the last arrival is there.
    ///
    /// - Parameters:
    ///   - verdict: what its usage proves; nil if it is not known.
    ///   - awaits: what the conversation waits for now.
    public mutating func answered(verdict: Verdict?, awaits: Awaits = .unknown, shared: inout SharedStatistics) {
        learned?.awaits(awaits, shared: &shared)
        guard let verdict else { return }
        if verdict == .uncached { notCached() }
        guard heldByPing else { return }
        if verdict == .rewritten || verdict == .uncached {
            missesBehindHits += 1
            if missesBehindHits == Self.missesBehindHitsToStop { stop = .elsewhere }
        } else {
            missesBehindHits = 0
        }
    }

    private mutating func touched(at start: Moment) {
        anchor = max(anchor ?? start, start)
        guard lastArrival.map({ start > $0 }) ?? true else { return }
        heldByPing = isHeldByPing(at: start)
        pingHitUntil = nil
        lastArrival = start
        beginGap(at: start)
        failuresInARow = 0
        lastFailure = nil
        // Somebody has touched the entry since the last ping: there is nothing left to confirm or to try again.
        if lastPing.map({ start > $0 }) ?? true { again = nil }
    }

    /// The last arrival has left nothing cached that could be held.
    public mutating func notCached() { if anchor == lastArrival { anchor = nil } }

    /// Whether the last to touch the entry was a ping that hit, so that an arrival then must hit too.
    public func isHeldByPing(at moment: Moment) -> Bool { pingHitUntil.map { moment < $0 } ?? false }

    /// A ping was answered.
    ///
    /// - Parameters:
    ///   - start: when it started.
    ///   - verdict: what its usage proves.
    ///   - lifetime: what the entry was last written for, where it differs from the policy's lifetime.
    public mutating func pinged(at start: Moment, verdict: Verdict, lifetime: Lifetime? = nil) {
        let lived = (lifetime ?? policy.lifetime ?? .fiveMinutes).duration
        // What started before the anchor was overtaken by another request and proves nothing.
        let shouldHit = anchor.map { start > $0 && start < $0 + lived } ?? false
        let confirmed = again?.confirms ?? false
        again = nil
        failuresInARow = 0
        lastFailure = nil
        lastPing = max(lastPing ?? start, start)
        if start >= gapStart ?? start { pingsInGap += 1 }
        if verdict == .uncached {
            uncachedInARow += 1
            if uncachedInARow >= Self.uncachedToStop {
                stop = .notCached
            } else {
                again = Again(at: start, confirms: false)
            }
            return
        }

        uncachedInARow = 0
        anchor = max(anchor ?? start, start)
        if verdict == .hit {
            if start > lastArrival ?? start { pingHitUntil = start + lived }
            missesInARow = 0
        } else if shouldHit {
            misses += 1
            missesInARow += 1
            if missesInARow >= Self.missesToStop {
                stop = .diverged
            } else if verifies, !confirmed {
                again = Again(at: start + Self.confirmDelay, confirms: true)
            }
        }
    }

    /// An explicit pre-warm was answered: a ping from which a policy that waits for arrivals holds as from an arrival.
    public mutating func prewarmed(at start: Moment, verdict: Verdict, lifetime: Lifetime? = nil) {
        pinged(at: start, verdict: verdict, lifetime: lifetime)
        if verdict != .uncached, gapStart.map({ start > $0 }) ?? true {
            gapStart = start
            pingsInGap = 0
        }
    }

    /// A ping failed. The anchor stays; the next ping waits 1 s, after a second failure 2 s, and so on up to 5 minutes.
    ///
    /// - Parameter moment: when it failed, or when it started.
    public mutating func failed(at moment: Moment) {
        failuresInARow += 1
        lastFailure = max(lastFailure ?? moment, moment)
    }

    /// Holds it until a moment, whatever the policy says and whatever that costs; what is cold is written again.
    public mutating func keep(until end: Moment) {
        keptUntil = end
        droppedAt = nil
    }

    /// The conversation is over: no more pings until somebody arrives after all.
    public mutating func drop(at moment: Moment) {
        droppedAt = moment
        keptUntil = nil
    }

    /// Clears a stop, and what led to it.
    public mutating func resume() {
        stop = nil
        missesBehindHits = 0
        missesInARow = 0
        uncachedInARow = 0
        again = nil
    }

    private mutating func beginGap(at start: Moment) {
        // Told late, an arrival may lie before the last ping; how many others came after it is no longer known.
        pingsInGap = lastPing.map { $0 > start } ?? false ? 1 : 0
        gapStart = max(gapStart ?? start, start)
    }
}

// MARK: - What to do

extension WarmSchedule {
    /// Decides what to do after a moment.
    ///
    /// - Parameters:
    ///   - now: the present. A ping that was due before is due now, as long as the entry lives.
    ///   - timing: how long the upstream keeps entries and how long before the end pings must start. Where the adaptive
    ///     policy has chosen a lifetime, that one.
    ///   - prices: what reading and writing cost.
    ///   - shared: what the scopes of this workload have in common; only the adaptive policy asks.
    public func next(
        after now: Moment, timing: Timing, prices: PriceRatios, shared: SharedStatistics = .empty
    ) -> Decision {
        let isKept = keptUntil.map { now < $0 } ?? false
        let mostPings = isKept ? nil : mostPings(timing.lifetime, prices)
        let expiry = anchor.map { $0 + timing.lifetime.duration }
        func reason(_ code: Reason.Code, writes: Bool = false) -> Reason {
            Reason(
                code, pings: pingsInGap, mostPings: mostPings,
                secondsLeft: expiry.flatMap { $0 > now ? ($0 - now).inSeconds : nil },
                pingCost: writes ? prices.write(timing.lifetime) : prices.read,
                missCost: prices.missCost(timing.lifetime), failures: failuresInARow)
        }
        func rest(_ code: Reason.Code) -> Decision { .rest(until: nil, reason(code)) }

        if let stop { return rest(stop.reason) }
        if droppedAt.map({ $0 >= gapStart ?? $0 }) ?? false { return rest(.dropped) }
        let usual = isKept ? timing.lifetime.usualSpacing : nil
        guard let spacing = policy.spacing(timing.lifetime) ?? usual else {
            return rest(policy == .uncached ? .uncached : .off)
        }
        if policy.needsArrivals, !isKept {
            guard gapStart != nil else { return rest(.noArrivalYet) }
            if let mostPings, pingsInGap >= mostPings { return rest(.enough) }
        }

        let earliest = max(now, notBefore ?? now)
        guard let anchor, let expiry else {
            if policy.needsArrivals, !isKept { return rest(.cold) }
            return .ping(at: earliest, reason(again == nil ? .prewarm : .tryAgain, writes: true))
        }
        let due = anchor + min(spacing, timing.holdInterval)
        let at = max(min(due, again?.at ?? due), earliest)
        guard at < expiry else {
            return policy.needsArrivals && !isKept
                ? rest(.cold) : .ping(at: earliest, reason(.writeAgain, writes: true))
        }
        if let again { return .ping(at: at, reason(again.confirms ? .confirm : .tryAgain)) }
        if isKept { return .ping(at: at, reason(.kept)) }
        let statistics = learned ?? ScopeStatistics()
        guard policy.isAdaptive, !statistics.safety.isFollowed else { return .ping(at: at, reason(.hold)) }
        // What has been seen until a ping is due tells more than anything that could be planned before.
        guard at <= now else { return .rest(until: at, reason(.undecided)) }
        let outlook = statistics.outlook(
            at: at, age: at - (gapStart ?? anchor), spacing: min(spacing, timing.holdInterval),
            pingsLeft: (mostPings ?? 1) - pingsInGap,
            lifetime: timing.lifetime, prices: prices, latency: policy.latency, shared: shared)
        let pays = outlook.value > 0
        let why = reason(pays ? .pays : .paysNot).with(outlook)
        return pays ? .ping(at: at, why) : .rest(until: nil, why)
    }

    /// The pings that are allowed in a gap: by the policy, and as the adaptive one stands.
    private func mostPings(_ lifetime: Lifetime, _ prices: PriceRatios) -> Int? {
        guard let learned else { return policy.mostPings(lifetime, prices) }
        if learned.isSubAgent { return 0 }
        guard learned.safety.isFollowed else { return policy.mostPings(lifetime, prices) }
        return lifetime == SafePolicy.lifetime ? SafePolicy.mostPings : 0
    }

    /// How long the entry will live without another request; nil where there is none.
    public func lifeLeft(at now: Moment, lifetime: Lifetime) -> Duration? {
        guard let anchor, anchor + lifetime.duration > now else { return nil }
        return anchor + lifetime.duration - now
    }

    /// The end of the wait after failures: 1 s, 2 s, 4 s … up to 300 s after the last; nil while none has failed.
    public var notBefore: Moment? {
        guard let lastFailure, failuresInARow > 0 else { return nil }
        return lastFailure + .seconds(min(300, 1 << min(failuresInARow - 1, 9)))
    }
}
