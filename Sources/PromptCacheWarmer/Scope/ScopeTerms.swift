import WarmingPolicies

/// On what terms scopes are warmed: shared by all that agree in it.
final class ScopeTerms: Sendable {
    struct Values: Hashable {
        let upstream: String
        let payer: String?
        let verifies: Bool
        let budget: Budget?
        let hours: ActiveHours?
        let prewarm: PrewarmTimes?
        let choosesLifetime: Bool
        let keepsHistory: Bool

        init(_ scope: WarmScope) {
            upstream = scope.upstream
            payer = scope.payer
            verifies = scope.verifies
            budget = scope.budget
            hours = scope.hours
            prewarm = scope.prewarm
            choosesLifetime = scope.choosesLifetime
            keepsHistory = scope.keepsHistory
        }
    }

    private let values: Values

    init(_ values: Values) { self.values = values }

    var upstream: String { values.upstream }
    var payer: String? { values.payer }
    var verifies: Bool { values.verifies }
    var budget: Budget? { values.budget }
    var hours: ActiveHours? { values.hours }
    var prewarm: PrewarmTimes? { values.prewarm }
    var choosesLifetime: Bool { values.choosesLifetime }
    var keepsHistory: Bool { values.keepsHistory }
}
