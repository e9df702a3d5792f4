import CachePrices
import Foundation
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// A scope's status as JSON: money as decimal strings, times in ISO 8601.
struct ScopeReport {
    let now: ClockReading

    func json(_ status: ScopeStatus) -> JSONOutput {
        [
            "id": .string(status.id), "scope": .string(status.scope), "model": .string(status.model.name),
            "breakpoint": .string(status.breakpoint), "key": .string(status.key.hex),
            "state": .string(status.state.rawValue), "policy": .string(status.policy.name),
            "lifetime": .string(status.lifetime.rawValue),
            "life_left_seconds": .seconds(status.lifeLeft), "next": next(status),
            "paused": .boolean(status.isPaused),
            "kept_until": .optional(status.keptUntil.map { iso8601($0 + .milliseconds(500)) }),
            "held_by": .optional(status.holder), "stopped": .optional(status.stopReason),
            "totals": Self.totals(status.totals), "last_usage": status.lastUsage.map(Self.usage) ?? .null,
            "last_ping": status.lastPing.map(Self.ping) ?? .null,
        ]
    }

    /// The life left of whatever entries share a key.
    func warmth(_ statuses: [ScopeStatus]) -> JSONOutput? {
        guard let longest = statuses.max(by: { $0.lifeLeft < $1.lifeLeft }) else { return nil }
        return [
            "key": .string(longest.key.hex), "scope": .string(longest.scope), "model": .string(longest.model.name),
            "breakpoint": .string(longest.breakpoint), "lifetime": .string(longest.lifetime.rawValue),
            "life_left_seconds": .seconds(longest.lifeLeft), "is_warm": .boolean(longest.lifeLeft > .zero),
        ]
    }

    private func next(_ status: ScopeStatus) -> JSONOutput {
        let at = status.nextAt.flatMap { $0 == .distantFuture ? nil : max($0, now.elapsed) }
        return [
            "at": .optional(at.map(iso8601)),
            "in_seconds": at.map { .seconds($0 - now.elapsed) } ?? .null,
            "is_ping": .boolean(status.nextIsPing), "reason": .string(status.reason),
        ]
    }

    /// The time of day of a moment on the elapsed axis.
    private func iso8601(_ moment: Moment) -> String { (now.wall + (moment - now.elapsed)).iso8601 }

    private static func totals(_ totals: ScopeTotals) -> JSONOutput {
        [
            "arrivals": .integer(totals.arrivals), "pings": .integer(totals.pings), "hits": .integer(totals.hits),
            "rewrites": .integer(totals.rewrites), "failures": .integer(totals.failures),
            "refusals": .integer(totals.refusals), "spent_usd": .string(totals.spent.decimal),
        ]
    }

    private static func ping(_ ping: LastPing) -> JSONOutput {
        let (outcome, detail) = words(ping.outcome)
        return [
            "at": .string(ping.at.iso8601), "outcome": .string(outcome), "cause": .optional(detail),
            "cost_usd": .string(ping.cost.decimal), "calls": .integer(ping.calls),
            "latency_seconds": ping.latencySeconds.map { JSONOutput.seconds(.seconds($0)) } ?? .null,
        ]
    }

    /// What became of a ping, in a word, and why.
    static func words(_ outcome: Tick.Outcome) -> (outcome: String, detail: String?) {
        switch outcome {
        case .pinged(let verdict, let cause): (verdict.rawValue, cause?.rawValue)
        case .failed(let reason): ("failed", reason)
        case .refused(let reason): ("refused", reason)
        }
    }

    /// A ping of the past.
    static func tick(_ tick: Tick) -> JSONOutput {
        let (outcome, detail) = words(tick.outcome)
        return [
            "at": .string(tick.at.wall.iso8601), "breakpoint": .string(tick.breakpoint), "outcome": .string(outcome),
            "cause": .optional(detail), "reason": .string(tick.reason), "cost_usd": .string(tick.cost.decimal),
            "usage": usage(tick.usage), "calls": .integer(tick.calls), "lateness_seconds": .seconds(tick.lateness),
            "latency_seconds": tick.latency.map(JSONOutput.seconds) ?? .null,
        ]
    }

    /// What warming a scope once has done.
    static func warmed(_ scope: String, _ result: WarmResult) -> JSONOutput {
        [
            "scope": .string(scope), "cost_usd": .string(result.cost.decimal),
            "prefixes": .array(
                result.prefixes.map { prefix in
                    [
                        "breakpoint": .string(prefix.breakpoint), "verdict": .string(prefix.verdict.rawValue),
                        "verified": prefix.isVerified.map(JSONOutput.boolean) ?? .null, "usage": usage(prefix.usage),
                        "cost_usd": .string(prefix.cost.decimal), "latency_seconds": .seconds(prefix.latency),
                    ]
                }),
        ]
    }

    private static func usage(_ usage: Usage) -> JSONOutput {
        [
            "input": .integer(usage.input), "write_5m": .integer(usage.write5m), "write_1h": .integer(usage.write1h),
            "read": .integer(usage.read), "output": .integer(usage.output),
        ]
    }
}

extension JSONOutput {
    /// To the millisecond.
    static func seconds(_ duration: Duration) -> JSONOutput {
        .double((duration / .milliseconds(1)).rounded() / 1000)
    }
}

extension Moment {
    /// In UTC, to the second.
    var iso8601: String { Date(timeIntervalSince1970: secondsSince1970).formatted(.iso8601) }
}
