import CachePrices
import PromptCache

/// What became of one ping, with all the calls that it took.
struct PingReport: Sendable {
    enum Outcome: Sendable {
        /// The provider answered; the usage is that of the call that counts.
        case answered(Usage)
        /// It failed for good or until later, by what is at fault.
        case failed(Fault, String)
        /// No money.
        case refused(SpendRefusal)
        /// Nobody wants it any more: why, for people.
        case abandoned(String)
    }

    var outcome: Outcome
    /// When the last call began.
    var startedAt: ClockReading
    /// How long it took.
    var latency: Duration?
    var rung: Rung?
    var calls = 0
    /// Of all calls.
    var usage = Usage()
    /// Of all calls; a call that was lost counts at its worst case.
    var cost = USD.zero
}
