import CachePrices
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// A scope as a line of a page. Prompts are no part of it.
struct ScopeLine {
    var id: String
    var scope: String
    /// The breakpoint, where it is not the scope's last.
    var part: String?
    var model: String
    var policy: String
    var breakpoint: String
    /// `warm`, `cold`, `paused` or `stopped`.
    var state: String
    var isPaused: Bool
    var canResume: Bool
    /// For the bar, in seconds.
    var lifetime: Int
    var lifeLeft: Int
    /// When the life ends, in milliseconds since 1970; nil when it is cold.
    var until: String?
    /// `4:59`, or a word where there is no life left.
    var left: String
    /// `ping` or `decides`, where something is planned.
    var action: String?
    var actionUntil: String?
    var actionIn: String?
    var reason: String
    /// Until when somebody wants it to be kept.
    var kept: String?
    /// Which replica has pinged it last, where there are several.
    var holder: String?
    var pings: Int
    var hits: Int
    var arrivals: Int
    var rewrites: Int
    var failures: Int
    var spent: String

    init(_ status: ScopeStatus, now: ClockReading, _ words: PageWords) {
        id = status.id
        scope = status.scope
        part = status.id == status.scope ? nil : status.breakpoint
        model = status.model.name
        policy = status.policy.name
        breakpoint = status.breakpoint
        state = status.state.rawValue
        isPaused = status.isPaused
        canResume = status.isPaused || status.stopReason != nil
        lifetime = Int(status.lifetime.duration / .seconds(1))
        lifeLeft = Int(status.lifeLeft / .seconds(1))
        let isKept = status.lifeLeft > .zero
        until = isKept ? PageWords.milliseconds(now.wall + status.lifeLeft) : nil
        left = isKept ? PageWords.clock(status.lifeLeft) : "cold"
        if let at = status.nextAt, at != .distantFuture {
            action = status.nextIsPing ? "ping in" : "decides in"
            actionUntil = PageWords.milliseconds(now.wall + (at - now.elapsed))
            actionIn = PageWords.clock(at - now.elapsed)
        }
        kept = status.keptUntil.map { words.time(now.wall + ($0 - now.elapsed)) }
        holder = status.holder
        reason = status.stopReason ?? status.reason
        pings = status.totals.pings
        hits = status.totals.hits
        arrivals = status.totals.arrivals
        rewrites = status.totals.rewrites
        failures = status.totals.failures
        spent = status.totals.spent.short
    }
}
