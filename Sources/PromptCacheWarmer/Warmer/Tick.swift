public import CachePrices
public import PromptCache

/// One finished or refused ping: what hooks, metrics, ledger and dashboard receive.
public struct Tick: Sendable {
    /// The scope's name.
    public var scope: String
    /// The breakpoint that was warmed, for example `system.0`.
    public var breakpoint: String
    /// The model.
    public var model: ModelID
    /// When the call that counts began; when it was refused, if it was.
    public var at: ClockReading
    /// What became of it.
    public var outcome: Outcome
    /// Why it was sent, or why it would have been.
    public var reason: String
    /// The tokens that were billed for all calls of this ping.
    public var usage: Usage
    /// What they cost; with calls that were lost on the way counted at their worst case.
    public var cost: USD
    /// How many calls it took.
    public var calls: Int
    /// How it asked for no output.
    public var rung: Rung?
    /// How long the last call took.
    public var latency: Duration?
    /// How long after its due time it was sent; never negative.
    public var lateness: Duration
    /// What happens next.
    public var next: String
    /// What the policy expected to gain by it when it decided, less its cost; nil where it does not estimate that.
    public var expectedValue: USD?
    /// Whether it wrote for an hour because warming chose so, where five minutes would have been asked for otherwise.
    public var choseHour = false

    /// What became of a ping.
    public enum Outcome: Sendable, Hashable {
        /// The provider answered; the cause says why it was no hit.
        case pinged(Verdict, MissCause?)
        /// It failed for good; what it stopped is in the reason.
        case failed(String)
        /// It was not sent: no budget or no price.
        case refused(String)
    }

    /// The verdict, if the provider answered.
    public var verdict: Verdict? {
        if case .pinged(let verdict, _) = outcome { verdict } else { nil }
    }
}

extension Tick: CustomStringConvertible {
    public var description: String {
        let what =
            switch outcome {
            case .pinged(let verdict, let cause): verdict.rawValue + (cause.map { " (\($0.rawValue))" } ?? "")
            case .failed(let reason): "failed: \(reason)"
            case .refused(let reason): "refused: \(reason)"
            }
        return "\(scope) \(breakpoint) \(what), \(cost); next: \(next)"
    }
}
