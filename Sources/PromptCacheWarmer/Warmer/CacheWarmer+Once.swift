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
        let plan = cell.entry.plan
        let (first, usage) = try await pingOnce(cell)
        var result = WarmedPrefix(
            breakpoint: plan.breakpoint.path, key: plan.key, model: plan.model,
            verdict: usage.verdict, isVerified: verify ? false : nil, usage: first.usage, cost: first.cost,
            cached: usage.cached, latency: first.latency ?? .zero, touchedAt: first.startedAt,
            lifetime: cell.entry.lifetime)
        guard verify else { return result }
        for attempt in 0..<Self.verifyingCalls {
            if attempt > 0 { try await clock.sleep(until: clock.now.elapsed + plan.target.rules.readableAfter) }
            let (second, seen) = try await pingOnce(cell)
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

    /// A ping outside the schedule; one that is under way is waited for.
    private func pingOnce(_ cell: EntryCell) async throws -> (PingReport, Usage) {
        while let flight = cell.flight {
            clock.release()
            _ = await flight.value
            clock.hold()
        }
        let now = clock.now
        let flight = begin(cell, Intent(at: now.elapsed, pings: true, reason: .askedFor), now)
        // The ping has brought a hold of its own, which is ours when it is there.
        clock.release()
        let report = await withTaskCancellationHandler {
            await flight.value
        } onCancel: {
            flight.cancel()
        }
        let id = cell.entry.plan.id
        switch report.outcome {
        case .answered(let usage): return (report, usage)
        case .failed(let fault, let reason): throw WarmFailure("\(id): \(reason); \(fault.mend)")
        case .refused(let refusal):
            let mend = warmingOffReason == nil ? "raise the budget" : "switch it on again"
            throw WarmFailure("\(id): \(refusal.reason); \(mend)")
        case .abandoned(let reason):
            try Task.checkCancellation()
            throw WarmFailure("\(id): \(reason)")
        }
    }
}
