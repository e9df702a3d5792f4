public import CachePrices
public import PromptCache
public import WarmingPolicies

extension CacheWarmer {
    /// Adds a scope; it is warmed from now on if the warmer runs.
    ///
    /// - Throws: ``ScopeFault`` if it cannot be warmed, or its name is taken.
    public func add(_ scope: WarmScope) throws(ScopeFault) {
        guard !table.contains(scope.name) else {
            throw ScopeFault(scope: scope.name, reason: "there is one of that name; replace it, or choose another name")
        }
        try put(scope)
    }

    /// Puts another scope in the place of one of the same name, or adds it. Where prefix and policy are the same, its
    /// schedule and its totals go on; else they begin anew, and a ping under way still counts as spent, but not as a touch.
    ///
    /// - Throws: ``ScopeFault`` if the new one cannot be warmed; the old one then stays.
    public func replace(_ scope: WarmScope) throws(ScopeFault) { try put(scope) }

    /// Stops warming a scope and forgets it. A ping under way is finished and told of.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func remove(_ name: String) -> Bool { delete(name) }

    /// Sends no more pings for a scope until it is resumed.
    ///
    /// - Returns: whether there is one.
    @discardableResult
    public func pause(_ name: String) -> Bool { change(name) { $0.pause() } }

    /// Goes on with a scope that was paused, or that had stopped for a reason which has been mended.
    ///
    /// - Returns: whether there is one.
    @discardableResult
    public func resume(_ name: String) -> Bool { change(name) { $0.resume() } }

    /// Holds a scope until a moment, whatever its policy says and whatever that costs, within its budget. What is cold is
    /// written again.
    ///
    /// - Parameter end: on the clock's elapsed axis.
    /// - Returns: whether there is one.
    @discardableResult
    public func keep(_ name: String, until end: Moment) -> Bool {
        change(name, isRemembered: true) { $0.keep(until: end) }
    }

    /// Lets a scope go, since its conversation is over: no more pings until somebody comes after all. It ends ``keep(_:until:)``.
    ///
    /// - Returns: whether there is one.
    @discardableResult
    public func drop(_ name: String) -> Bool {
        let now = clock.now.elapsed
        return change(name, isRemembered: true) { $0.drop(at: now) }
    }

    /// Says that a request of the user's has touched a scope. It kept the scope warm, so no ping is needed for a while.
    ///
    /// What only the response shows may be told later, with the same start; the ledger has what was told first.
    ///
    /// - Parameters:
    ///   - scope: the scope's name; one that is not known is ignored. Before ``start()`` the last 500,000 arrivals wait.
    ///   - start: when the request began on the clock's elapsed axis; now unless told otherwise, and no later.
    ///   - usage: the request's usage, if it is known.
    ///   - awaits: what the conversation waits for after the response. The adaptive policy learns from it.
    ///   - isSubAgent: whether a sub-agent sent it, which will end soon. The adaptive policy never pings those.
    ///   - timeToFirstToken: how long the response took to begin, for the ledger: what users wait for warm against cold.
    ///   - isRecorded: whether it is written into the ledger; false where the host does that itself.
    public nonisolated func noteArrival(
        of scope: String, at start: Moment? = nil, usage: Usage? = nil, awaits: Awaits = .unknown,
        isSubAgent: Bool = false, timeToFirstToken: Duration? = nil, isRecorded: Bool = true
    ) {
        let now = options.clock.now.elapsed
        inbox.arrived(
            Inbox.Arrival(
                scope: scope, at: min(start ?? now, now), usage: usage, awaits: awaits, isSubAgent: isSubAgent,
                timeToFirstToken: timeToFirstToken, isRecorded: isRecorded))
    }

    /// For which lifetime to mark the next request of a scope whose lifetime is the warmer's to choose: what is warm keeps
    /// its own, what is cold is written for the one that is expected to be cheapest.
    ///
    /// - Returns: nil for not marking it at all, and where there is no such scope.
    public func lifetimeToWrite(for name: String) -> Lifetime? {
        guard let cell = table[name].first else { return nil }
        return cell.entry.lifetimeToWrite(now: clock.now.elapsed, cell.lane.experience.shared)
    }

    /// Every finished or refused ping from now on. Each call makes a stream of its own, which ends when the warmer stops.
    public nonisolated var ticks: AsyncStream<Tick> { broadcast.listen() }

    /// What all scopes say about themselves, by name.
    public var status: [ScopeStatus] {
        let now = clock.now
        return table.all.map { ScopeStatus($0, now: now) }.sorted { $0.id < $1.id }
    }

    /// What one scope says about itself, the last breakpoint first; empty if there is none of that name.
    public func status(of name: String) -> [ScopeStatus] {
        let now = clock.now
        return table[name].map { ScopeStatus($0, now: now) }
    }

    /// How many scopes there are.
    public var scopeCount: Int { table.count }

    /// What pings have cost today, with what is reserved for those under way.
    public func spentToday() async -> USD { await gate.spent(on: clock.now.wall) }
}
