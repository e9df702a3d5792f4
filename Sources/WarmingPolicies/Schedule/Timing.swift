public import PromptCache

/// How long an upstream keeps an entry, and how long before the end a ping must start.
public struct Timing: Hashable, Sendable, Codable {
    /// What the provider promises, counted from the start of the request that wrote or last read the entry.
    public let lifetime: Lifetime
    /// How much earlier a ping starts: the time until the upstream takes it, and the error of clocks.
    public let margin: Duration

    /// - Parameter margin: from 0 to half the lifetime; what lies outside becomes the nearer of the two.
    public init(lifetime: Lifetime, margin: Duration) {
        self.lifetime = lifetime
        self.margin = min(max(margin, .zero), lifetime.duration / 2)
    }

    /// The longest time from one request's start to the next that still holds an entry: lifetime − margin.
    public var holdInterval: Duration { lifetime.duration - margin }
}
