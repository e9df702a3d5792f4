import HeapModule
public import PromptCache

/// Replays a trace through the very schedules that the daemon runs, against an ideal cache.
///
/// The cache keeps an entry for its lifetime from the start of the request that last touched it, to the end and not a
/// moment longer. Calls take no time, pings are sent when they are due, and one that is due at the moment of an arrival is
/// not sent.
///
/// ```
/// warm request   read · prefix + write · new          ping   read · cached + 10
/// cold request   write · (prefix + new), or 1 · (prefix + new) if it is not marked
/// ```
public struct Simulation: Sendable {
    /// What is replayed.
    public let trace: Trace
    /// What reading and writing cost.
    public let prices: PriceRatios
    /// For what clients mark their requests, so that a policy decides on pings alone; nil where that is the policy's to say.
    public let lifetime: Lifetime?

    public init(_ trace: Trace, prices: PriceRatios, lifetime: Lifetime? = nil) {
        self.trace = trace
        self.prices = prices
        self.lifetime = lifetime
    }

    /// What a policy would have cost.
    ///
    /// - Parameter progress: told now and then which share is done.
    public func run(_ policy: WarmPolicy, progress: (Double) -> Void = { _ in }) -> SimulationResult {
        var replay = Replay(self, policy)
        for (index, request) in trace.requests.enumerated() {
            replay.ping(before: request.start)
            replay.arrive(request)
            if index & 0xFFF == 0 { progress(Double(index) / Double(trace.requests.count)) }
        }
        replay.ping(before: .distantFuture)
        progress(1)
        return replay.result
    }

    /// Every ping of a policy, in the order of time, for comparing with what a daemon sends.
    public func pings(_ policy: WarmPolicy) -> [(at: Moment, scope: Int)] {
        var replay = Replay(self, policy)
        replay.log = []
        for request in trace.requests {
            replay.ping(before: request.start)
            replay.arrive(request)
        }
        replay.ping(before: .distantFuture)
        return replay.log ?? []
    }
}

/// The state of a replay.
private struct Replay {
    let policy: WarmPolicy
    let prices: PriceRatios
    let pingsUpToEnd: Bool
    var shared: SharedStatistics
    var scopes: [ReplayedScope]
    var due = Heap<Due>()
    var result = SimulationResult()
    var log: [(at: Moment, scope: Int)]?

    init(_ simulation: Simulation, _ policy: WarmPolicy) {
        let trace = simulation.trace
        self.policy = policy
        prices = simulation.prices
        pingsUpToEnd = !trace.isGrowing
        shared = SharedStatistics(utcOffset: trace.utcOffset)
        var last = [Moment?](repeating: nil, count: trace.scopes)
        for request in trace.requests { last[request.scope] = request.start }
        scopes = last.map {
            let last = $0 ?? .distantFuture
            return ReplayedScope(
                schedule: WarmSchedule(policy: policy), marked: simulation.lifetime, lastArrival: last,
                end: trace.end(lastArrival: last))
        }
    }

    struct Due: Comparable {
        var at: Moment
        var scope: Int
        var generation: UInt32

        static func < (a: Due, b: Due) -> Bool { (a.at, a.scope) < (b.at, b.scope) }
    }

    mutating func arrive(_ request: TraceRequest) {
        let price = scopes[request.scope].arrive(request, shared: &shared, prices: prices)
        result.reads += price.read
        result.writes += price.write
        if price.isCold { result.coldStarts += 1 }
        plan(request.scope, after: request.start)
    }

    mutating func ping(before moment: Moment) {
        while let next = due.min, next.at < moment {
            due.removeMin()
            let scope = scopes[next.scope]
            guard next.generation == scope.generation, pingsUpToEnd ? next.at <= scope.end : next.at < scope.end else {
                continue
            }
            if policy.isAdaptive { shared.advance(to: next.at) }
            guard let cost = scopes[next.scope].ping(at: next.at, shared: shared, prices: prices) else { continue }
            result.pings += 1
            result.pingCost += cost
            if next.at > scope.lastArrival { result.trailingCost += cost }
            log?.append((next.at, next.scope))
            plan(next.scope, after: next.at)
        }
    }

    /// Asks again when the schedule wants to be asked.
    private mutating func plan(_ index: Int, after now: Moment) {
        guard let at = scopes[index].next(after: now, shared: shared, prices: prices).moment else { return }
        due.insert(Due(at: at, scope: index, generation: scopes[index].generation))
    }
}

/// A scope and what an ideal cache holds of it.
private struct ReplayedScope {
    var schedule: WarmSchedule
    /// For what the client marks its requests; nil where that is the policy's to say.
    let marked: Lifetime?
    let lastArrival: Moment
    let end: Moment
    var generation: UInt32 = 0
    /// For what its entry was written; nil while there is none.
    private var held: Lifetime?
    private var expiry: Moment?
    private var tokens = 0.0

    init(schedule: WarmSchedule, marked: Lifetime?, lastArrival: Moment, end: Moment) {
        self.schedule = schedule
        self.marked = marked
        self.lastArrival = lastArrival
        self.end = end
    }

    /// Margins are for networks and clocks: here pings reach the cache when they are sent.
    private var timing: Timing { Timing(lifetime: held ?? .fiveMinutes, margin: .zero) }

    func next(after now: Moment, shared: SharedStatistics, prices: PriceRatios) -> Decision {
        schedule.next(after: now, timing: timing, prices: prices, shared: shared)
    }

    mutating func arrive(
        _ request: TraceRequest, shared: inout SharedStatistics, prices: PriceRatios
    ) -> (read: Double, write: Double, isCold: Bool) {
        let isWarm = expiry.map { request.start <= $0 } ?? false
        schedule.arrival(
            Arrival(
                start: request.start, prefixTokens: request.cachedTokens - request.newTokens,
                newTokens: request.newTokens, isSubAgent: request.isSubAgent), shared: &shared, prices: prices)
        generation += 1
        tokens = request.cached
        let isCold = !isWarm || !request.readsPrefix
        if isCold { held = marked ?? schedule.lifetimeToWrite(prices: prices, shared: shared) }
        let write = held.map { prices.write($0) } ?? 1
        let read = isCold ? 0 : prices.read * Double(request.prefixTokens)
        let written = write * (isCold ? request.sent : Double(request.newTokens))
        expiry = held.map { request.start + $0.duration }
        schedule.answered(verdict: verdict(request, isCold), awaits: request.awaits, shared: &shared)
        if marked == nil { schedule.paid(read + written) }
        return (read, written, isCold)
    }

    /// A request that asks for nothing that was cached proves nothing.
    private func verdict(_ request: TraceRequest, _ isCold: Bool) -> Verdict? {
        if held == nil { return .uncached }
        if !request.readsPrefix { return nil }
        return isCold ? .rewritten : request.newTokens > 0 ? .partial : .hit
    }

    /// - Returns: the cost of the ping, or nil if the schedule does not send it now.
    mutating func ping(at moment: Moment, shared: SharedStatistics, prices: PriceRatios) -> Double? {
        guard case .ping(at: moment, _) = next(after: moment, shared: shared, prices: prices), let held else {
            return nil
        }
        let isWarm = expiry.map { moment <= $0 } ?? false
        let cost = (isWarm ? prices.read : prices.write(held)) * tokens + PriceRatios.pingOverhead
        schedule.pinged(at: moment, verdict: isWarm ? .hit : .rewritten, lifetime: held)
        if marked == nil { schedule.paid(cost) }
        expiry = moment + held.duration
        return cost
    }
}
