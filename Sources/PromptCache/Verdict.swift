/// What `usage` proves about a request that should have found its prefix cached.
public enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
    /// All of it was read.
    case hit
    /// Some was read and some had to be written.
    case partial
    /// Nothing was read, it was written again.
    case rewritten
    /// Neither read nor written: the provider did not cache it at all.
    case uncached
}

/// Why a prefix was not found.
public enum MissCause: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nobody had sent it before.
    case firstSight = "first sight"
    /// Its lifetime had run out.
    case expired
    /// It is another prefix than the one that was cached.
    case diverged
    /// The provider dropped it before its lifetime was over.
    case evictedEarly = "evicted early"
    /// Pings hit where arrivals miss: another region or workspace.
    case elsewhere
    /// It is shorter than the model's minimum.
    case belowMinimum = "below minimum"
    /// An hour was asked for and five minutes were given.
    case lifetimeDowngraded = "lifetime downgraded"
    /// The request bears no marker, or a gateway took it off.
    case notMarked = "not marked"
}

extension Usage {
    /// The verdict on a request whose whole prefix should have been cached.
    public var verdict: Verdict {
        switch (read > 0, written > 0) {
        case (true, false): .hit
        case (true, true): .partial
        case (false, true): .rewritten
        case (false, false): .uncached
        }
    }
}

/// What is known about a ping besides its usage, to find out why it missed.
public struct PingEvidence: Hashable, Sendable {
    /// How long before the ping the prefix was last touched; nil if never.
    public var sinceLastTouch: Duration?
    /// The lifetime that its marker asks for; nil without a marker.
    public var lifetime: Lifetime?
    /// How many pings in a row have missed before this one.
    public var missesBefore: Int
    /// The model's rules.
    public var rules: CacheRules

    public init(sinceLastTouch: Duration?, lifetime: Lifetime?, missesBefore: Int, rules: CacheRules) {
        self.sinceLastTouch = sinceLastTouch
        self.lifetime = lifetime
        self.missesBefore = missesBefore
        self.rules = rules
    }

    /// The cause of a miss; nil for a hit.
    ///
    /// The bytes of a ping are those of the request before it, so a single miss within the lifetime is an eviction; a
    /// second in a row means that what is sent is not what is cached.
    public func cause(of usage: Usage) -> MissCause? {
        if usage.verdict == .hit { return nil }
        guard let lifetime else { return .notMarked }
        if usage.verdict == .uncached {
            return usage.totalInput < rules.minimumTokens ? .belowMinimum : .notMarked
        }
        guard let sinceLastTouch else { return .firstSight }
        if sinceLastTouch > lifetime.duration - rules.shortfall(of: lifetime) { return .expired }
        let lived5m = sinceLastTouch > Lifetime.fiveMinutes.duration && usage.write5m > 0
        if lifetime == .oneHour, usage.write1h == 0, lived5m { return .lifetimeDowngraded }
        return missesBefore > 0 ? .diverged : .evictedEarly
    }
}
