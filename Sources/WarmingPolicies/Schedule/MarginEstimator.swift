public import PromptCache

/// Learns how much earlier pings to an upstream must start.
///
/// ```
/// margin = the 99th percentile of the last 512 observations and 200 assumed ones + 1 s for the error of clocks
///          assumed are 3 of 8 s and 197 of nothing, so that it begins at 9 s and no single slow call decides
///          from 2 s to a fifth of the lifetime
/// ```
/// With latencies of median 0.9 s and 99th percentile 6 s, a 5-minute scope is held with 12.3 pings an hour; 12 is the
/// limit of a perfect upstream.
public struct MarginEstimator: Hashable, Sendable {
    /// The last observations in seconds, the oldest at `next` once there are enough.
    private var window: [Float] = []
    private var next = 0
    /// The same, in order of size.
    private var sorted: [Float] = []
    /// What they come to, whatever the lifetime: asked for far more often than anything is observed.
    private var learned = Self.margin(of: [])

    private static let windowSize = 512
    private static let assumed = 200
    private static let assumedSlow: [Float] = [8, 8, 8]
    private static let clockError: Duration = .seconds(1)
    private static let shortest: Duration = .seconds(2)

    /// Has seen nothing yet and goes by what is assumed.
    public init() {}

    /// How many observations count at present; 512 at most.
    public var count: Int { window.count }

    /// Takes in how many seconds went by from the start of a request until the upstream is known to have taken it.
    /// What is below zero or no number is passed over.
    public mutating func observe(seconds: Double) {
        guard seconds >= 0, seconds.isFinite else { return }
        let value = Float(seconds)
        if window.count < Self.windowSize {
            window.append(value)
        } else {
            sorted.remove(at: place(of: window[next]))
            window[next] = value
            next = (next + 1) % Self.windowSize
        }
        sorted.insert(value, at: place(of: value))
        learned = Self.margin(of: sorted)
    }

    private static func margin(of sorted: [Float]) -> Duration {
        // The nearest rank: at least 99 % are no slower.
        let slower = (sorted.count + assumed) / 100
        let slowest = (sorted.suffix(slower + 1) + assumedSlow).sorted(by: >)
        return max(.seconds(Double(slowest[slower])) + clockError, shortest)
    }

    /// How much earlier than the end of its lifetime a ping must start.
    public func margin(for lifetime: Lifetime) -> Duration { min(learned, lifetime.duration / 5) }

    /// The timing of scopes with this lifetime.
    public func timing(for lifetime: Lifetime) -> Timing { Timing(lifetime: lifetime, margin: margin(for: lifetime)) }

    /// The index of the first observation that is no smaller.
    private func place(of value: Float) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension MarginEstimator: Codable {
    /// Reads the observations, the oldest first.
    public init(from decoder: any Decoder) throws {
        for seconds in try decoder.singleValueContainer().decode([Float].self) { observe(seconds: Double(seconds)) }
    }

    /// Writes the observations, the oldest first.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Array(window[next...] + window[..<next]))
    }
}
