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
public struct WarmSchedule: Hashable, Sendable, Codable {
    /// Why a schedule asks for no more pings until it is resumed.
    public enum Stop: String, Hashable, Sendable, Codable {
        /// Three pings in a row wrote what they should have read.
        case diverged
        /// Two pings in a row were neither read nor written.
        case notCached = "not-cached"
    }

    /// The rule it follows.
    public let policy: WarmPolicy
    /// Whether a ping that wrote what it should have read is followed at once by one that sees whether it is read now.
    public let verifies: Bool
    /// The start of the last arrival; nil before the first.
    public private(set) var lastArrival: Moment?
    /// The start of the last ping that was answered; nil before the first.
    public private(set) var lastPing: Moment?
    /// The start of the last request, of anybody's, that left the entry cached; nil while nothing has.
    public private(set) var anchor: Moment?
    /// The pings answered since the last arrival, or since the pre-warm before any.
    public private(set) var pingsInGap = 0
    /// All pings that wrote what they should have read.
    public private(set) var misses = 0
    /// Of these, the ones since the last hit.
    public private(set) var missesInARow = 0
    /// The pings that failed since one was answered or somebody arrived.
    public private(set) var failuresInARow = 0
    /// Why it has stopped; nil while it has not.
    public private(set) var stop: Stop?

    /// What pings are counted from: the last arrival or explicit pre-warm.
    private var gapStart: Moment?
    private var lastFailure: Moment?
    private var uncachedInARow = 0
    private var again: Again?

    /// A ping out of turn.
    private struct Again: Hashable, Sendable, Codable {
        var at: Moment
        /// Otherwise it is a second try after a ping that was not cached.
        var confirms: Bool
    }

    private static let confirmDelay: Duration = .seconds(2)
    private static let missesToStop = 3
    private static let uncachedToStop = 2

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
    /// - Parameter start: when the request started.
    public mutating func arrival(at start: Moment) {
        anchor = max(anchor ?? start, start)
        guard lastArrival.map({ start > $0 }) ?? true else { return }
        lastArrival = start
        beginGap(at: start)
        failuresInARow = 0
        lastFailure = nil
        // Somebody has touched the entry since the last ping: there is nothing left to confirm or to try again.
        if lastPing.map({ start > $0 }) ?? true { again = nil }
    }

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

    /// Clears a stop, and what led to it.
    public mutating func resume() {
        stop = nil
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
    ///   - timing: how long the upstream keeps entries and how long before the end pings must start.
    ///   - prices: what reading and writing cost.
    public func next(after now: Moment, timing: Timing, prices: PriceRatios) -> Decision {
        let mostPings = policy.mostPings(timing.lifetime, prices)
        let expiry = anchor.map { $0 + timing.lifetime.duration }
        func reason(_ code: Reason.Code, writes: Bool = false) -> Reason {
            Reason(
                code, pings: pingsInGap, mostPings: mostPings,
                secondsLeft: expiry.flatMap { $0 > now ? ($0 - now).inSeconds : nil },
                pingCost: writes ? prices.write(timing.lifetime) : prices.read,
                missCost: prices.missCost(timing.lifetime), failures: failuresInARow)
        }
        func rest(_ code: Reason.Code) -> Decision { .rest(until: nil, reason(code)) }

        if let stop { return rest(stop == .diverged ? .diverged : .notCached) }
        guard let spacing = policy.spacing else { return rest(policy == .uncached ? .uncached : .off) }
        if policy.needsArrivals {
            guard gapStart != nil else { return rest(.noArrivalYet) }
            if let mostPings, pingsInGap >= mostPings { return rest(.enough) }
        }

        let earliest = max(now, notBefore ?? now)
        guard let anchor, let expiry else {
            return .ping(at: earliest, reason(again == nil ? .prewarm : .tryAgain, writes: true))
        }
        let due = anchor + min(spacing, timing.holdInterval)
        let at = max(min(due, again?.at ?? due), earliest)
        guard at < expiry else {
            return policy.needsArrivals ? rest(.cold) : .ping(at: earliest, reason(.writeAgain, writes: true))
        }
        guard let again else { return .ping(at: at, reason(.hold)) }
        return .ping(at: at, reason(again.confirms ? .confirm : .tryAgain))
    }

    /// How long the entry will live without another request; nil where there is none.
    public func lifeLeft(at now: Moment, lifetime: Lifetime) -> Duration? {
        guard let anchor, anchor + lifetime.duration > now else { return nil }
        return anchor + lifetime.duration - now
    }

    /// The end of the wait after failures: 1 s, 2 s, 4 s … up to 300 s after the last.
    private var notBefore: Moment? {
        guard let lastFailure, failuresInARow > 0 else { return nil }
        return lastFailure + .seconds(min(300, 1 << min(failuresInARow - 1, 9)))
    }
}
