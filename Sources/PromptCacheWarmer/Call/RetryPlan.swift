/// When to try a failed call again.
///
/// | failure | 1st | 2nd | 3rd | 4th | … |
/// |---|---|---|---|---|---|
/// | delay in seconds | 0.5 | 1 | 2 | 4 | 8 |
///
/// each shortened by up to a quarter at random, as the provider's own clients do; `retry-after` wins over the table. A
/// retry must start before the deadline, or there is none.
struct RetryPlan: Sendable {
    private var failures = 0

    /// First delay and its cap, the figures of the provider's own clients.
    static let first = Duration.milliseconds(500)
    static let longest = Duration.seconds(8)

    /// How often one ping is tried where no lifetime bounds it: a first write.
    static let mostAttempts = 6

    /// How long to wait after another failure.
    ///
    /// - Parameters:
    ///   - advice: what the response said.
    ///   - remaining: the time until a retry would come too late.
    ///   - random: 0 to 1.
    /// - Returns: nil to give up.
    mutating func delay(after advice: RetryAdvice, remaining: Duration, random: Double) -> Duration? {
        failures += 1
        guard failures < Self.mostAttempts, advice.shouldRetry != false else { return nil }
        let doubled = Self.first * Double(1 << min(failures - 1, 10))
        let delay = advice.delay ?? min(doubled, Self.longest) * (1 - random / 4)
        return delay < remaining ? delay : nil
    }
}
