import CachePrices
import PromptCache

/// Lets plans share what is equal in many of them: bodies above all.
struct PlanPool: Sendable {
    private struct TargetKey: Hashable {
        var ladder: Ladder.Key
        var modifiers: Set<PriceModifier>
    }

    private var targets: [TargetKey: CallTarget] = [:]
    private var terms: [ScopeTerms.Values: ScopeTerms] = [:]
    /// How many plans use a body.
    private var bodies: [[UInt8]: Int] = [:]

    /// How many different bodies there are.
    var bodyCount: Int { bodies.count }

    mutating func target(
        model: ModelID, ladderKey: Ladder.Key, price: ModelPrice, modifiers: Set<PriceModifier>, rules: CacheRules
    ) -> CallTarget {
        let key = TargetKey(ladder: ladderKey, modifiers: modifiers)
        if let known = targets[key] { return known }
        let target = CallTarget(model: model, ladderKey: ladderKey, price: price, modifiers: modifiers, rules: rules)
        targets[key] = target
        return target
    }

    mutating func terms(of scope: WarmScope) -> ScopeTerms {
        let values = ScopeTerms.Values(scope)
        if let known = terms[values] { return known }
        let made = ScopeTerms(values)
        terms[values] = made
        return made
    }

    mutating func body(_ bytes: [UInt8]) -> [UInt8] {
        guard let index = bodies.index(forKey: bytes) else {
            bodies[bytes] = 1
            return bytes
        }
        bodies.values[index] += 1
        return bodies.keys[index]
    }

    /// A plan is no longer used.
    mutating func release(_ plan: PrefixPlan) {
        guard let index = bodies.index(forKey: plan.body) else { return }
        bodies.values[index] -= 1
        if bodies.values[index] == 0 { bodies.remove(at: index) }
    }
}
