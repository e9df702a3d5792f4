public import CachePrices

/// Something about a request that keeps it, or is likely to keep it, from being cached.
public struct Finding: Hashable, Sendable {
    public var rule: LintRule
    public var severity: Severity
    /// The JSON path as the provider writes it; empty for the request as a whole.
    public var path: String
    /// Where in the body that is, in bytes.
    public var offset: Int
    /// What is wrong, in one sentence.
    public var message: String
    /// What to do.
    public var fix: String
    /// How many tokens each request pays for again, estimated from bytes; 0 where it is not that.
    public var tokens: Int
    /// What that costs a request more than reading them from the cache; nil without a price or without tokens.
    public var price: USD?

    public enum Severity: String, Hashable, Sendable, Comparable {
        /// Certain: the provider refuses the request or caches nothing.
        case error
        /// Likely.
        case warning
        /// Worth knowing.
        case notice

        private var rank: Int {
            switch self {
            case .error: 0
            case .warning: 1
            case .notice: 2
            }
        }

        public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
    }
}

/// What is looked for. The raw values are the names that reports and `--ignore` use.
public enum LintRule: String, Hashable, Sendable, CaseIterable {
    /// Nothing of the request is marked.
    case noMarker = "no-marker"
    /// A marked block holds something that changes with every request.
    case markerOnVolatile = "marker-on-volatile"
    /// Something that changes with every request stands in front of a marker.
    case volatileBeforeMarker = "volatile-before-marker"
    /// A prefix is shorter than what the model caches.
    case belowMinimum = "below-minimum"
    case tooManyMarkers = "too-many-markers"
    /// A marker where the provider accepts none.
    case misplacedMarker = "misplaced-marker"
    /// A 1h marker behind a 5m one, or two lifetimes at one place.
    case lifetimeOrder = "lifetime-order"
    /// More positions than a read looks back lie between what an earlier request wrote and the next marker.
    case lookbackExceeded = "lookback-exceeded"
    /// Something refuses `max_tokens: 0`.
    case maxTokensZero = "max-tokens-zero"
    /// Tools are not in the order of their names.
    case unsortedTools = "unsorted-tools"
}
