/// What has been measured of one model's cache at one endpoint. What could not be told is nil.
public struct MeasuredCache: Hashable, Sendable {
    /// What became of reads that ask for no output.
    public enum ZeroTokens: String, Hashable, Sendable, CaseIterable {
        case refreshes
        case doesNotRefresh = "does not refresh"
        case refused
    }

    /// What a 1h breakpoint above a 5m prefix does to the older tokens.
    public enum HourOnTop: String, Hashable, Sendable, CaseIterable {
        /// All of the prefix lives for an hour.
        case entry
        /// Older tokens keep their own 5 minutes.
        case segment
    }

    /// The shortest prefix that was seen to be cached lies in here, in tokens.
    public struct Minimum: Hashable, Sendable {
        /// The longest that was not cached.
        public var uncached: Int
        /// The shortest that was.
        public var cached: Int

        public init(uncached: Int, cached: Int) {
            self.uncached = uncached
            self.cached = cached
        }
    }

    /// How long entries of 5 minutes really lived, counted from the start of the request that wrote them.
    public struct Held: Hashable, Sendable {
        /// All were still there at this age.
        public var atLeast: Duration
        /// One was gone at this age; nil if none was.
        public var goneAt: Duration?

        public init(atLeast: Duration, goneAt: Duration?) {
            self.atLeast = atLeast
            self.goneAt = goneAt
        }
    }

    /// The base URL.
    public var endpoint: String
    public var model: ModelID
    /// The time of day, ISO 8601.
    public var measuredAt: String?
    /// Whether a read with output refreshes an entry.
    public var readRefreshes: Bool?
    public var zeroTokens: ZeroTokens?
    /// Whether an hour that is asked for is given.
    public var honoursHour: Bool?
    public var hourOnTop: HourOnTop?
    /// Whether the same prefix under another lifetime is another entry.
    public var lifetimeInKey: Bool?
    public var minimum: Minimum?
    /// How long after a response what it wrote could be read at the latest.
    public var readableAfter: Duration?
    public var held: Held?

    public init(endpoint: String, model: ModelID, measuredAt: String? = nil) {
        self.endpoint = endpoint
        self.model = model
        self.measuredAt = measuredAt
    }

    /// Documented rules with what was measured in their place. Where a measurement leaves a range, the end is taken that
    /// rejects no prompt and lets no entry lapse.
    public func applied(to documented: CacheRules) -> CacheRules {
        var rules = documented
        if let minimum { rules.minimumTokens = minimum.uncached + 1 }
        switch zeroTokens {
        case .doesNotRefresh?, .refused?: rules.lowestRung = .one
        case .refreshes?, nil: break
        }
        // Where reads without output refresh, reads do.
        if readRefreshes == false, zeroTokens != .refreshes { rules.readsRefresh = false }
        if let honoursHour { rules.honoursHour = honoursHour }
        if let lifetimeInKey { rules.separatesLifetimes = lifetimeInKey }
        if let hourOnTop { rules.hourKeepsAll = hourOnTop == .entry }
        if let readableAfter { rules.readableAfter = readableAfter }
        if let held { rules.held5m = min(held.atLeast, Lifetime.fiveMinutes.duration) }
        return rules
    }
}
