public import CachePrices
import PromptCache
public import PromptCacheWarmer
import WarmingPolicies

extension RecordedTraffic {
    /// The requests as rows of a ledger, for reports on traffic that no warmer of ours has seen.
    ///
    /// Why a request read nothing is told from those before it: the first of its scope and model, one after a pause that
    /// no entry can have lived through, or one that asked for something else than was cached. Prompts are not known, so
    /// that what the provider dropped early counts among the last.
    ///
    /// - Parameters:
    ///   - upstream: what the rows name as theirs, such as the file's name.
    ///   - prices: what requests are priced by.
    public func ledgerRows(upstream: String, prices: PriceList) -> [LedgerRow] {
        var before: [String: (start: Moment, lifetime: Lifetime)] = [:]
        return requests.map { request in
            let name = "\(request.model.name) \(request.scope)"
            let last = before[name]
            let lifetime: Lifetime =
                request.usage.write1h > 0
                ? .oneHour : request.usage.write5m > 0 ? .fiveMinutes : last?.lifetime ?? .fiveMinutes
            before[name] = (request.start, lifetime)
            var cause: MissCause?
            if request.usage.read == 0 {
                let evidence = PingEvidence(
                    sinceLastTouch: last.map { request.start - $0.start }, lifetime: last?.lifetime ?? lifetime,
                    missesBefore: 1, rules: CacheRules(for: request.model))
                cause = evidence.cause(of: request.usage)
            }
            return LedgerRow(
                .arrival, at: request.start, scope: request.scope, upstream: upstream, model: request.model,
                lifetime: lifetime, usage: request.usage,
                cost: prices.cost(of: request.usage, model: request.model)?.total, cause: cause)
        }
    }
}
