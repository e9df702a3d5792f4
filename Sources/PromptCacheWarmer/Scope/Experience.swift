import WarmingPolicies

/// What the adaptive policy has learned from all scopes of a warmer together. The warmer's own.
final class Experience {
    var shared = SharedStatistics()
}
