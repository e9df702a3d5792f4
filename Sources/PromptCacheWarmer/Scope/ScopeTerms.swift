import WarmingPolicies

/// On what terms scopes are warmed: shared by all that agree in it.
final class ScopeTerms: Sendable {
    struct Values: Hashable {
        var upstream: String
        var verifies: Bool
        var budget: Budget?
        var hours: ActiveHours?
        var prewarm: PrewarmTimes?

        init(_ scope: WarmScope) {
            upstream = scope.upstream
            verifies = scope.verifies
            budget = scope.budget
            hours = scope.hours
            prewarm = scope.prewarm
        }
    }

    let upstream: String
    let verifies: Bool
    let budget: Budget?
    let hours: ActiveHours?
    let prewarm: PrewarmTimes?

    init(_ values: Values) {
        upstream = values.upstream
        verifies = values.verifies
        budget = values.budget
        hours = values.hours
        prewarm = values.prewarm
    }
}
