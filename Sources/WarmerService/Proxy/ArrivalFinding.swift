import CachePrices
import PromptCache
import PromptInspection
import WarmingPolicies

/// What a response's usage proves about an arrival, and what it has cost that it was not a hit: pure.
struct ArrivalFinding: Sendable, Hashable {
    enum Verdict: String, Sendable, Hashable {
        /// Everything that could be read was read.
        case hit
        /// Some of it.
        case partial
        /// None of it.
        case cold
        /// Neither read nor written.
        case uncached
        /// There is no usage to tell by.
        case unknown
    }

    var verdict: Verdict
    /// Why it was no hit.
    var cause: MissCause?
    /// What is another one than before, where that is the cause.
    var divergence: Divergence?
    /// Tokens that were written though they had been cached before.
    var missed = 0
    /// What the request has cost; nil without a price or a usage.
    var cost: USD?
    /// What it has cost more than a hit would have.
    var lost = USD.zero
    /// What a ping before has spared it.
    var saved = USD.zero
    /// How long the scope had rested.
    var idle: Duration?

    /// What must be read of what was known for a hit, in percent.
    private static let mostOfIt = 95

    /// - Parameters:
    ///   - usage: of the response.
    ///   - arrival: what was expected of it when it began.
    ///   - divergence: what is another one than in a request before, where there was one that this should have gone on
    ///     from.
    init(_ usage: Usage?, of arrival: Evidence, prices: TokenPrices?, cost: USD?, divergence: Divergence? = nil) {
        self.cost = cost
        guard let usage else {
            verdict = .unknown
            return
        }
        guard let lifetime = arrival.lifetime else {
            verdict = .uncached
            cause = .notMarked
            return
        }
        if usage.read == 0, usage.written == 0 {
            verdict = .uncached
            cause = usage.totalInput < arrival.rules.minimumTokens ? .belowMinimum : .notMarked
            return
        }
        let known = arrival.expectation.expired ?? arrival.expectation.alive
        idle = known.map { arrival.at - $0.touchedAt }
        // A token more or less is the provider's rounding.
        let isHit = usage.read > 0 && usage.read * 100 >= (known?.tokens ?? 0) * Self.mostOfIt
        let diverged = arrival.expectation.expired == nil && (isHit || known == nil) ? divergence : nil
        if isHit, diverged == nil {
            verdict = .hit
            // Without the ping between them it would have come too late.
            if let entry = arrival.expectation.alive, let prices,
                entry.arrivedAt.map({ arrival.at - $0 > entry.lifetime.duration }) ?? true
            {
                saved = (prices.write(entry.lifetime) - prices.read) * usage.read
            }
            return
        }
        verdict = usage.read > 0 ? .partial : .cold
        if let diverged {
            cause = .diverged
            self.divergence = diverged
            missed = diverged.tokens
        } else if let expired = arrival.expectation.expired {
            cause = .expired
            missed = max(0, (expired.tokens ?? usage.cached) - usage.read)
            let wasShort = expired.lifetime == .oneHour && arrival.at - expired.touchedAt <= Lifetime.oneHour.duration
            if wasShort { cause = .lifetimeDowngraded }
        } else if let alive = arrival.expectation.alive {
            cause =
                alive.lifetime == .oneHour && usage.write1h == 0 && usage.write5m > 0
                ? .lifetimeDowngraded : .evictedEarly
            missed = max(0, (alive.tokens ?? usage.cached) - usage.read)
        } else {
            cause = .firstSight
        }
        missed = min(missed, usage.written)
        if let prices { lost = (prices.write(lifetime) - prices.read) * missed }
    }

    /// What is known of an arrival besides its usage.
    struct Evidence: Sendable {
        var at: Moment
        /// Of its last breakpoint; nil without one.
        var lifetime: Lifetime?
        var expectation: ExpectedEntries.Expectation
        var rules: CacheRules
    }
}

extension ArrivalFinding {
    /// Whether it is worth finding out if the request should have gone on from another: it wrote what may have been
    /// written before.
    static func mayHaveDiverged(_ usage: Usage?, of arrival: Evidence) -> Bool {
        guard let usage, arrival.expectation.expired == nil else { return false }
        return usage.written * 100 > usage.cached * (100 - mostOfIt)
    }

    /// Whether something that had been cached was paid for again.
    var isColdStart: Bool { (verdict == .cold || verdict == .partial) && cause != .firstSight }

    /// For people: `cold, expired after 412 s, 18300 tokens written again, $0.0421 lost`.
    var text: String {
        var words = [verdict.rawValue]
        switch cause {
        case .expired?: words.append("expired after \(idle.map { Int($0 / .seconds(1)) } ?? 0) s")
        case .diverged?:
            words.append("diverged" + (divergence.map { " at \($0.path) (\($0.kind.rawValue))" } ?? ""))
        case let cause?: words.append(cause.rawValue)
        case nil: break
        }
        if missed > 0 { words.append("\(missed) tokens written again") }
        if lost > .zero { words.append("\(lost.short) lost") }
        if saved > .zero { words.append("\(saved.short) saved by warming") }
        return words.joined(separator: ", ")
    }
}
