import CachePrices
import PromptCache
import WarmingPolicies

extension CacheWarmer {
    /// Warms a scope once, now, whatever its policy says: for a deploy hook.
    ///
    /// - Parameters:
    ///   - name: the scope; the one of the config unless told otherwise.
    ///   - verify: whether to send a second request, which must read what the first one wrote; as the scope says unless
    ///     told otherwise.
    /// - Returns: what it took, verifying included.
    /// - Throws: ``WarmFailure`` if the provider refuses, cannot be reached, or the budget does not allow it.
    @discardableResult
    public func warm(_ name: String? = nil, verify: Bool? = nil) async throws -> WarmResult {
        guard let name = name ?? scopeOfConfig, table.contains(name) else {
            throw WarmFailure("there is no scope \(name.map { "called \($0) " } ?? "")to warm; add it first")
        }
        var prefixes: [WarmedPrefix] = []
        clock.hold()
        defer { clock.release() }
        for cell in table[name] {
            prefixes.append(try await warmOnce(cell, verify: verify ?? cell.entry.terms.verifies))
        }
        return WarmResult(prefixes: prefixes)
    }

    private func warmOnce(_ cell: EntryCell, verify: Bool) async throws -> WarmedPrefix {
        let entry = cell.entry
        let (first, usage) = try await pingOnce(cell, lastUsage: entry.lastUsage)
        var result = WarmedPrefix(
            breakpoint: entry.plan.breakpoint.path, key: entry.plan.key, model: entry.plan.model,
            verdict: usage.verdict, isVerified: verify ? false : nil, usage: first.usage, cost: first.cost,
            cached: usage.cached, latency: first.latency ?? .zero, touchedAt: first.startedAt,
            lifetime: entry.plan.lifetime)
        guard verify else { return result }
        for attempt in 0..<Self.verifyingCalls {
            if attempt > 0 { try await clock.sleep(until: clock.now.elapsed + Self.verifyingPause) }
            let (second, seen) = try await pingOnce(cell, lastUsage: usage)
            result.usage += second.usage
            result.cost = result.cost + second.cost
            result.cached = seen.cached
            result.touchedAt = second.startedAt
            if seen.verdict == .hit {
                result.isVerified = true
                break
            }
            // What is not cached at all will not be on the next try either.
            if seen.verdict == .uncached { break }
        }
        return result
    }

    /// An entry is not readable everywhere at once, so that one miss right after a write proves nothing.
    private static var verifyingCalls: Int { 3 }
    private static var verifyingPause: Duration { .seconds(2) }

    private func pingOnce(_ cell: EntryCell, lastUsage: Usage?) async throws -> (PingReport, Usage) {
        let entry = cell.entry
        let job = Pinger.Job(
            plan: entry.plan, client: cell.lane.client, pace: cell.lane.pace, scope: entry.name,
            scopeBudget: entry.terms.budget, lastUsage: lastUsage, deadline: nil)
        let evidence = entry.evidence(for: clock.now.elapsed)
        cell.lane.pace.take(at: clock.now.elapsed)
        let report = await pinger.run(job)
        switch report.outcome {
        case .answered(let usage):
            warmed(cell, report, usage, evidence.cause(of: usage))
            return (report, usage)
        case .failed(let fault, let reason): throw WarmFailure("\(entry.plan.id): \(reason); \(fault.mend)")
        case .refused(let refusal):
            let mend = warmingOffReason == nil ? "raise the budget" : "switch it on again"
            throw WarmFailure("\(entry.plan.id): \(refusal.reason); \(mend)")
        case .cancelled: throw CancellationError()
        }
    }

    /// Takes over what a ping outside the schedule has shown, and tells of it.
    private func warmed(_ cell: EntryCell, _ report: PingReport, _ usage: Usage, _ cause: MissCause?) {
        let tick = Tick(
            scope: cell.entry.name, breakpoint: cell.entry.plan.breakpoint.path,
            model: cell.entry.plan.model, at: report.startedAt, outcome: .pinged(usage.verdict, cause),
            reason: "asked for", usage: report.usage, cost: report.cost, calls: report.calls, rung: report.rung,
            latency: report.latency, lateness: .zero, next: "as its policy says")
        if !cell.isGone {
            cell.entry.answered(at: report.startedAt.elapsed, usage: usage, asked: true)
            cell.entry.record(tick)
            reschedule(cell)
            inbox.wake()
        }
        tell(tick, of: cell.entry)
    }
}
