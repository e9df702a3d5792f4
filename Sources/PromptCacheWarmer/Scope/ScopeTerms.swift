import WarmingPolicies

/// What a scope's breakpoints have in common, without its body.
final class ScopeTerms: Sendable {
    let name: String
    let upstream: String
    let verifies: Bool
    let budget: Budget?
    let hours: ActiveHours?
    let prewarm: PrewarmTimes?

    init(_ scope: WarmScope) {
        name = scope.name
        upstream = scope.upstream
        verifies = scope.verifies
        budget = scope.budget
        hours = scope.hours
        prewarm = scope.prewarm
    }
}
