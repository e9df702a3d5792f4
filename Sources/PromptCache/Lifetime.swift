/// What the provider promises a cache entry, counted from the start of the request that wrote or last read it.
public enum Lifetime: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    case fiveMinutes = "5m"
    case oneHour = "1h"

    /// The promise: 300 or 3,600 seconds.
    public var duration: Duration {
        switch self {
        case .fiveMinutes: .seconds(300)
        case .oneHour: .seconds(3600)
        }
    }

    public static func < (a: Lifetime, b: Lifetime) -> Bool { a.duration < b.duration }
}
