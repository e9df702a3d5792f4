import CachePrices
import Foundation
import OrderedJSON
import PromptCache
import WarmingPolicies

/// One prefix of a scope that is warmed on a schedule of its own: everything about it that does not change.
final class PrefixPlan: Sendable {
    /// The scope's name, and for all breakpoints but the last their place too.
    let id: String
    let breakpoint: Breakpoint
    let key: PrefixKey
    /// The prefixes of the breakpoints before it, which its requests go through as well.
    let earlier: [Prefix]
    /// The tokens of this prefix, by its bytes.
    let estimatedTokens: Int
    /// Of what is sent.
    let size: PromptSize
    let policy: WarmPolicy
    /// The body that pings are made from.
    let body: [UInt8]
    let headers: [WarmHeader]
    let target: CallTarget
    /// The longest that any marker of the body asks for: what a ping writes at worst.
    let longestLifetime: Lifetime
    /// Whether it is the last turn of a conversation, rather than what many requests share.
    let isTurn: Bool

    /// What the provider gives, which may be less than the breakpoint asks for.
    var lifetime: Lifetime { target.rules.lifetime(asked: breakpoint.lifetime) }
    var model: ModelID { target.model }

    init(
        id: String, prefix: Prefix, earlier: [Prefix], size: PromptSize, policy: WarmPolicy, body: [UInt8],
        headers: [WarmHeader],
        target: CallTarget, longestLifetime: Lifetime, isTurn: Bool
    ) {
        self.id = id
        breakpoint = prefix.breakpoint
        key = prefix.key
        estimatedTokens = prefix.size.estimatedTokens
        self.earlier = earlier
        self.size = size
        self.policy = policy
        self.body = body
        self.headers = headers
        self.target = target
        self.longestLifetime = longestLifetime
        self.isTurn = isTurn
    }

    /// What pings are made from, with all markers for a lifetime where one was chosen.
    func request(for chosen: Lifetime?) throws(RequestFault) -> MessagesRequest {
        let request = try MessagesRequest(body)
        guard let chosen else { return request }
        return try MessagesRequest(request.asking(for: chosen))
    }

    /// The plans of a scope: one for the last breakpoint of each lifetime, the last breakpoint's first.
    ///
    /// A ping of a longer prefix reads and refreshes the shorter ones of its lifetime, so those need none.
    ///
    /// - Throws: ``ScopeFault`` for everything that would make every ping fail or useless.
    static func plans(
        of scope: WarmScope, endpoint: String, prices: PriceList, profile: CacheProfile = .documented,
        pool: inout PlanPool
    ) throws(ScopeFault) -> [PrefixPlan] {
        func fault(_ reason: String) -> ScopeFault { ScopeFault(scope: scope.name, reason: reason) }
        do {
            return try plans(
                of: scope, endpoint: endpoint, prices: prices, profile: profile, pool: &pool, fault: fault)
        } catch let error as ScopeFault {
            throw error
        } catch {
            throw fault(String(describing: error))
        }
    }

    private static func plans(
        of scope: WarmScope, endpoint: String, prices: PriceList, profile: CacheProfile, pool: inout PlanPool,
        fault: (String) -> ScopeFault
    ) throws -> [PrefixPlan] {
        let request = try MessagesRequest(scope.body)
        let rules = profile.rules(for: request.model, at: endpoint)
        try request.checkMarkers(rules)
        if let refusal = request.replayRefusal { throw fault("cannot be sent again: \(refusal)") }
        guard let price = prices.price(of: request.model) else {
            throw fault("no price is known for \(request.model), so it is not warmed; add it to a price file")
        }
        if scope.policy.everPings, let obstacle = rules.obstacleToPings {
            throw fault(
                "at \(endpoint) \(obstacle) (measured by `warmer probe`), so no ping holds it; take policy off@5m")
        }
        let context = RequestContext(
            endpoint: endpoint, betas: betas(scope.headers), separatesLifetimes: rules.separatesLifetimes)
        let prefixes = request.prefixes(in: context)
        guard let last = prefixes.last else {
            throw fault(#"bears no cache_control; mark the last shared block with {"type":"ephemeral"}"#)
        }
        let given = rules.lifetime(asked: last.breakpoint.lifetime)
        guard scope.policy.lifetime == nil || scope.policy.lifetime == given else {
            throw fault(
                given == last.breakpoint.lifetime
                    ? "policy \(scope.policy) is for another lifetime than \(last.breakpoint.path) asks for "
                        + "(\(given.rawValue)); change the policy or the marker's ttl"
                    : "policy \(scope.policy) is for an hour, and \(endpoint) gives \(given.rawValue) (measured by "
                        + "`warmer probe`); change the policy and the marker's ttl")
        }
        if last.size.isSurelyBelow(rules.minimumTokens) {
            throw fault(
                "the prefix up to \(last.breakpoint.path) is surely below the minimum of \(rules.minimumTokens) tokens "
                    + "of \(request.model), so the provider would never cache it; leave it out or make it longer")
        }
        let ends = Lifetime.allCases.compactMap { lifetime in
            prefixes.last {
                rules.lifetime(asked: $0.breakpoint.lifetime) == lifetime && !$0.size.isSurelyBelow(rules.minimumTokens)
            }
        }
        let target = pool.target(
            model: request.model,
            ladderKey: Ladder.Key(endpoint: endpoint, model: request.model.name, thinking: request.thinkingMode),
            price: price, modifiers: request.priceModifiers, rules: rules)
        return try (scope.choosesLifetime ? [last] : ends).sorted { $0.breakpoint.block > $1.breakpoint.block }.map {
            prefix in
            let isLast = prefix == last
            let isWhole = isLast && scope.form == .wholeRequest
            let body = isWhole ? scope.body : try request.truncated(after: prefix.breakpoint)
            return PrefixPlan(
                id: isLast ? scope.name : "\(scope.name):\(prefix.breakpoint.path)", prefix: prefix,
                earlier: prefixes.filter { $0.breakpoint.block < prefix.breakpoint.block },
                size: isWhole ? request.size : prefix.size,
                policy: isLast
                    ? scope.policy : scope.policy.counterpart(for: rules.lifetime(asked: prefix.breakpoint.lifetime)),
                body: pool.body(body), headers: scope.headers, target: target,
                longestLifetime: prefixes.map(\.breakpoint).filter { $0.block <= prefix.breakpoint.block }.map(
                    \.lifetime
                ).max()
                    ?? prefix.breakpoint.lifetime, isTurn: isWhole)
        }
    }

    private static func betas(_ headers: [WarmHeader]) -> Set<String> {
        let values = headers.filter { $0.name.lowercased() == "anthropic-beta" }.map(\.value)
        return Set(values.flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: .whitespaces) })
    }
}
