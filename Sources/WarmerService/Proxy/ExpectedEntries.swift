import PromptCache
import WarmingPolicies

/// The cache entries that should be there, as far as the traffic and our pings have told: pure, with times given.
struct ExpectedEntries: Sendable {
    struct Entry: Sendable {
        /// The start of the last request, of anybody's, that wrote or read it.
        var touchedAt: Moment
        /// The start of the last request of the user's; nil where only pings have come.
        var arrivedAt: Moment?
        var lifetime: Lifetime
        /// What it holds, once a usage has told.
        var tokens: Int?

        func lifeLeft(at now: Moment) -> Duration { max(.zero, lifetime.duration - (now - touchedAt)) }
    }

    /// What a request will find.
    struct Expectation: Sendable {
        /// The longest prefix that should be cached.
        var alive: Entry?
        /// Its key.
        var key: PrefixKey?
        /// The longest that is known, where that one has run out.
        var expired: Entry?
    }

    /// Those written last; when there are too many, they become the older half.
    private var young = PrefixTable<Entry>()
    private var old = PrefixTable<Entry>()
    private let capacity: Int

    /// - Parameter capacity: how many are remembered at the most; the half that was written last is never forgotten.
    init(capacity: Int = 200_000) { self.capacity = capacity }

    private subscript(place: PrefixPlace) -> Entry? {
        get { young[place] ?? old[place] }
        set {
            young[place] = newValue
            guard young.count > capacity / 2 else { return }
            old = young
            young = PrefixTable(minimumCapacity: old.count)
        }
    }

    private func mayHold(anyOf trail: PrefixTrail) -> Bool {
        // Both, so that what one looks at comes while the other is asked.
        let (inYoung, inOld) = (young.mayHold(anyOf: trail), old.mayHold(anyOf: trail))
        return inYoung || inOld
    }

    func expectation(for trail: PrefixTrail, realm: Int, at now: Moment) -> Expectation {
        func entry(_ key: PrefixKey) -> Entry? { self[PrefixPlace(realm: realm, key: key)] }
        guard mayHold(anyOf: trail), let longest = trail.longestMatch(where: { entry($0) != nil })?.key,
            let known = entry(longest)
        else { return Expectation() }
        if known.lifeLeft(at: now) > .zero { return Expectation(alive: known, key: longest) }
        let key = trail.longestMatch { (entry($0)?.lifeLeft(at: now) ?? .zero) > .zero }?.key
        return Expectation(alive: key.flatMap(entry), key: key, expired: known)
    }

    /// Whether a prefix should be cached now.
    func isAlive(_ key: PrefixKey, realm: Int, at now: Moment) -> Bool {
        (self[PrefixPlace(realm: realm, key: key)]?.lifeLeft(at: now) ?? .zero) > .zero
    }

    /// A request of the user's has been taken: it wrote its prefixes, or read and so refreshed them.
    ///
    /// - Parameters:
    ///   - start: when it began.
    ///   - cached: the tokens up to its last breakpoint, once they are known.
    ///   - rules: how the provider's cache behaves.
    mutating func arrived(_ trail: PrefixTrail, realm: Int, at start: Moment, cached: Int?, rules: CacheRules) {
        took(trail, realm: realm, at: start, cached: cached, rules: rules, isArrival: true)
    }

    /// A ping has been taken that may be of something no request has come for yet.
    mutating func pinged(_ trail: PrefixTrail, realm: Int, at start: Moment, cached: Int, rules: CacheRules) {
        took(trail, realm: realm, at: start, cached: cached, rules: rules, isArrival: false)
    }

    private mutating func took(
        _ trail: PrefixTrail, realm: Int, at start: Moment, cached: Int?, rules: CacheRules, isArrival: Bool
    ) {
        let match = mayHold(anyOf: trail) ? trail.longestMatch { isAlive($0, realm: realm, at: start) } : nil
        let read = match.map { PrefixPlace(realm: realm, key: $0.key) }
        if let read { touch(read, at: start, isArrival: isArrival) }
        // Above older tokens an hour is worth no more than they are, unless it was measured to be.
        let below = read.flatMap { self[$0]?.lifetime }
        let longest = rules.hourKeepsAll ? .oneHour : below ?? .oneHour
        for prefix in trail.prefixes {
            let place = PrefixPlace(realm: realm, key: prefix.key)
            let known = self[place]
            let isRefreshed = (known?.lifeLeft(at: start) ?? .zero) > .zero
            let lifetime = isRefreshed ? known?.lifetime : nil
            self[place] = Entry(
                touchedAt: max(start, known?.touchedAt ?? start), arrivedAt: isArrival ? start : known?.arrivedAt,
                lifetime: lifetime ?? min(rules.lifetime(asked: prefix.breakpoint.lifetime), longest),
                tokens: (prefix == trail.last ? cached : nil) ?? known?.tokens)
        }
    }

    /// When the last of some prefixes was last touched; nil if it is not known.
    func touched(_ keys: [PrefixKey], realm: Int) -> Moment? {
        keys.compactMap { self[PrefixPlace(realm: realm, key: $0)]?.touchedAt }.max()
    }

    /// A ping has kept prefixes alive that a request has told of.
    mutating func pinged(_ keys: [PrefixKey], realm: Int, at start: Moment) {
        for key in keys { touch(PrefixPlace(realm: realm, key: key), at: start, isArrival: false) }
    }

    private mutating func touch(_ place: PrefixPlace, at start: Moment, isArrival: Bool) {
        guard var entry = self[place] else { return }
        entry.touchedAt = max(entry.touchedAt, start)
        if isArrival { entry.arrivedAt = max(entry.arrivedAt ?? start, start) }
        self[place] = entry
    }
}
