import CachePrices
import WarmingPolicies

/// What an entry wants to do next.
struct Intent: Sendable {
    /// When to ping, or to decide anew if `pings` is false; nil for not before something happens.
    var at: Moment?
    var pings: Bool
    var reason: Why

    /// Why; it becomes a sentence only where somebody reads it.
    enum Why: Sendable {
        case schedule(Reason)
        case prewarm
        case askedFor
        case closed
        case paused
        case pinging
        case continued
        case stopped(String)
        case refused(String)
        case waits(Pace.Pause)
        case switchedOff(String)
    }

    /// Whether somebody asked for it, now or for a set time: from then on a policy that waits for arrivals holds it.
    var isAskedFor: Bool {
        switch reason {
        case .prewarm, .askedFor: true
        default: false
        }
    }

    /// Whether whoever asked for it waits for what it does.
    var isAwaited: Bool {
        if case .askedFor = reason { true } else { false }
    }

    /// What the policy expects to gain; nil where it does not say.
    ///
    /// - Parameters:
    ///   - tokens: of the prefix.
    ///   - input: the price of a token.
    func expectedValue(tokens: Int, input: USD) -> USD? {
        guard case .schedule(let reason) = reason, let gain = reason.expectedValue else { return nil }
        let worth = gain * Double(tokens)
        return worth.magnitude < 1e12 ? input * Int(worth.rounded()) : nil
    }

    /// As the pace of its lane allows it.
    func after(_ pause: Pace.Pause?) -> Intent {
        guard let pause, pings, let at, at < pause.until else { return self }
        return Intent(at: pause.until, pings: true, reason: .waits(pause))
    }

    func description(at now: Moment) -> String {
        guard let at else { return "\(reason)" }
        let seconds = Int((max(at, now) - now) / .seconds(1))
        return "\(pings ? "ping" : "decide") in \(seconds) s, \(reason)"
    }
}

extension Intent.Why: CustomStringConvertible {
    var description: String {
        switch self {
        case .schedule(let reason): reason.description
        case .prewarm: "it is to be warm from then on"
        case .askedFor: "asked for"
        case .closed: "its active hours begin then"
        case .paused: "paused; resume it to go on"
        case .pinging: "a ping is under way"
        case .continued: "its conversation goes on at another replica"
        case .stopped(let reason): "stopped: \(reason)"
        case .refused(let reason): reason
        case .waits(let pause): pause.reason
        case .switchedOff(let reason): "warming is switched off: \(reason)"
        }
    }
}
