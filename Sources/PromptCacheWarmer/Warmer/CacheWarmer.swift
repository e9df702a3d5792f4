import CachePrices
import HeapModule
import PromptCache
public import ServiceLifecycle
import Tracing
import WarmingPolicies

/// Keeps prompts warm: many scopes, each on a schedule of its own.
///
/// ```swift
/// let warmer = try CacheWarmer(
///     client: AnthropicClient(apiKey: key),
///     config: WarmupConfig(
///         model: "claude-sonnet-5-5",
///         system: [.text(systemPrompt, cacheControl: .ephemeral)],
///         interval: .seconds(240)))
/// try await warmer.start()
/// ```
///
/// One task waits for the earliest due time of all scopes; a ping runs in a task of its own. Times are anchored at the
/// start of requests, so that the duration of a call never shifts the schedule.
public actor CacheWarmer: Service {
    /// What a client is called where there is only one.
    public static let defaultUpstream = "default"

    let clients: [String: any WarmCall]
    let options: WarmerOptions
    let gate: any SpendGate
    let clock: any WarmClock
    let pinger: Pinger
    let instruments: Instruments
    /// The scope of the config that the warmer was made with.
    let scopeOfConfig: String?
    nonisolated let inbox = Inbox()
    nonisolated let broadcast = TickBroadcast()

    private(set) var entries: [String: WarmEntry] = [:]
    /// The ids of a scope's entries, the last breakpoint's first.
    private(set) var idsByScope: [String: [String]] = [:]
    private var due = Heap<DueTime>()
    private var margins: [String: MarginEstimator] = [:]
    private var nextGeneration: UInt64 = 0
    /// Pings under way. They may outlive the loop when it ends, up to a limit, so the loop's own task cannot own them.
    private var flights: [UInt64: Task<Void, Never>] = [:]
    private var nextFlight: UInt64 = 0
    private var loop: Task<Void, Never>?

    /// A warmer of one prompt, in the article's shape.
    ///
    /// - Throws: ``ScopeFault`` if the prompt cannot be warmed: an interval that is no shorter than the lifetime, no
    ///   breakpoint or too many, a prompt surely below the model's minimum, a model without a price.
    public init(client: any WarmCall, config: WarmupConfig, options: WarmerOptions = WarmerOptions()) throws(ScopeFault)
    {
        var options = options
        options.prices = config.prices
        options.budget = config.budget
        options.onTick = config.onTick
        let scope = try config.scope()
        let plans = try PrefixPlan.plans(of: scope, endpoint: client.endpoint, prices: config.prices)
        self.init(clients: [Self.defaultUpstream: client], options: options, scope: scope, plans: plans)
    }

    /// A warmer without scopes.
    ///
    /// - Parameter clients: what sends pings, by the name that scopes call them.
    public init(clients: [String: any WarmCall], options: WarmerOptions = WarmerOptions()) {
        self.init(clients: clients, options: options, scope: nil, plans: [])
    }

    private init(clients: [String: any WarmCall], options: WarmerOptions, scope: WarmScope?, plans: [PrefixPlan]) {
        self.clients = clients
        self.options = options
        clock = options.clock
        gate = options.gate ?? InMemorySpendGate(budget: options.budget)
        instruments = Instruments(logger: options.logger)
        pinger = Pinger(
            gate: gate, clock: options.clock, random: options.random,
            ladder: Pinger.LadderMemory(mayClose: options.mayCloseStreams))
        scopeOfConfig = scope?.name
        guard let scope else { return }
        let wall = clock.now.wall
        idsByScope = [scope.name: plans.map(\.id)]
        entries = Dictionary(
            uniqueKeysWithValues: plans.map {
                ($0.id, WarmEntry(plan: $0, scope: scope, generation: 0, wall: wall))
            })
    }

    // MARK: Life

    /// Begins to warm. Once it runs, calling it again does nothing.
    public func start() {
        guard loop == nil, !inbox.isStopping else { return }
        clock.hold()
        loop = Task { [self] in
            await runLoop()
            clock.release()
        }
    }

    /// Ends warming: no ping begins any more, and those under way are waited for, up to `WarmerOptions.stopLimit`.
    /// Once it has stopped, calling it again does nothing. A stopped warmer cannot be started again.
    public func stop() async {
        inbox.stop()
        await loop?.value
        await finishFlights()
        broadcast.finish()
    }

    /// Warms until the task is cancelled or its service group shuts down gracefully.
    public func run() async {
        start()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await loop?.value
            } onGracefulShutdown: {
                self.inbox.stop()
            }
        } onCancel: {
            self.inbox.stop()
        }
        await stop()
    }

    private func finishFlights() async {
        let running = Array(flights.values)
        if running.isEmpty { return }
        clock.hold()
        let limit = Task { [clock, stopLimit = options.stopLimit] in
            try? await clock.sleep(until: clock.now.elapsed + stopLimit)
            if !Task.isCancelled { for flight in running { flight.cancel() } }
            clock.release()
        }
        for flight in running { await flight.value }
        limit.cancel()
        await limit.value
    }

    // MARK: The loop

    private func runLoop() async {
        for id in entries.keys.sorted() { reschedule(id) }
        while !inbox.isStopping {
            for arrival in inbox.take() { noted(arrival) }
            fireDue()
            await inbox.nap(until: due.min?.at ?? .distantFuture, on: clock)
        }
    }

    private func noted(_ arrival: Inbox.Arrival) {
        for id in idsByScope[arrival.scope] ?? [] {
            // Only the whole request's usage belongs to the last breakpoint.
            entries[id]?.arrived(at: arrival.at, usage: id == arrival.scope ? arrival.usage : nil)
            reschedule(id)
        }
        instruments.arrival()
    }

    private func fireDue() {
        let now = clock.now
        while let first = due.min, first.at <= now.elapsed {
            due.removeMin()
            guard let entry = entries[first.id], entry.generation == first.generation else { continue }
            entries[first.id]?.queuedAt = nil
            let intent = entry.intent(now, timing: timing(of: entry))
            guard let at = intent.at else { continue }
            if intent.pings, at <= now.elapsed {
                begin(entry, intent: intent, lateness: now.elapsed - first.at)
            } else {
                push(at, entry)
            }
        }
    }

    /// Puts the entry's next due time on the heap, if that is earlier than what it has there: when that comes up, the
    /// entry is asked anew.
    func reschedule(_ id: String) {
        guard let entry = entries[id], let at = entry.intent(clock.now, timing: timing(of: entry)).at else { return }
        push(at, entry)
    }

    private func push(_ at: Moment, _ entry: WarmEntry) {
        let id = entry.plan.id
        if let queued = entries[id]?.queuedAt, queued <= at { return }
        entries[id]?.queuedAt = at
        due.insert(DueTime(at: at, id: id, generation: entry.generation))
    }

    func timing(of entry: WarmEntry) -> Timing {
        margins[entry.plan.ladderKey.endpoint, default: MarginEstimator()].timing(for: entry.plan.lifetime)
    }

    // MARK: Pings

    private func begin(_ entry: WarmEntry, intent: WarmEntry.Intent, lateness: Duration) {
        let id = entry.plan.id
        guard let client = clients[entry.scope.upstream] else { return }
        entries[id]?.pingBegins(clock.now)
        let lifeLeft = entry.lifeLeft(at: clock.now.elapsed)
        let job = Pinger.Job(
            plan: entry.plan, client: client, scope: entry.scope.name, scopeBudget: entry.scope.budget,
            lastUsage: entry.lastUsage, deadline: lifeLeft > .zero ? clock.now.elapsed + lifeLeft : nil)
        let flight = nextFlight
        nextFlight += 1
        clock.hold()
        flights[flight] = Task { [self] in
            let report = await withSpan("prompt cache ping", ofKind: .client) { span in
                span.attributes["scope"] = entry.scope.name
                span.attributes["model"] = entry.plan.model.name
                return await pinger.run(job)
            }
            flights[flight] = nil
            finished(id, entry, report, reason: intent.reason, lateness: lateness)
            inbox.wake()
            clock.release()
        }
    }

    /// Books what a ping has done. If its scope was replaced or removed meanwhile, it is only told.
    private func finished(
        _ id: String, _ begun: WarmEntry, _ report: PingReport, reason: String, lateness: Duration
    ) {
        if let latency = report.latency {
            margins[begun.plan.ladderKey.endpoint, default: MarginEstimator()].observe(seconds: latency / .seconds(1))
        }
        let isCurrent = entries[id]?.generation == begun.generation
        guard let outcome = isCurrent ? apply(report, to: id) : Self.outcome(of: report) else { return }
        var tick = Tick(
            scope: begun.scope.name, breakpoint: begun.plan.breakpoint.path, model: begun.plan.model,
            at: report.startedAt, outcome: outcome, reason: reason, usage: report.usage, cost: report.cost,
            calls: report.calls, rung: report.rung, latency: report.latency, lateness: lateness, next: "")
        if isCurrent, let entry = entries[id] {
            let now = clock.now
            tick.next = entry.intent(now, timing: timing(of: entry)).description(at: now.elapsed)
            entries[id]?.record(tick)
            reschedule(id)
        } else {
            tick.next = "nothing; the scope was replaced or removed meanwhile"
        }
        tell(tick)
    }

    func tell(_ tick: Tick) {
        instruments.tick(tick)
        options.onTick?(tick)
        broadcast.send(tick)
    }

    /// - Returns: nil where nothing has happened that is worth a tick.
    private func apply(_ report: PingReport, to id: String) -> Tick.Outcome? {
        guard let entry = entries[id] else { return nil }
        let now = clock.now
        switch report.outcome {
        case .answered(let usage):
            let start = report.startedAt.elapsed
            let cause = entry.evidence(for: start).cause(of: usage)
            entries[id]?.answered(at: start, usage: usage, asked: false)
            return .pinged(usage.verdict, cause)
        case .refused(let refusal):
            entries[id]?.refused(until: refusal.retryAt.map(now.elapsed(atWall:)), reason: refusal.reason)
            return .refused(refusal.reason)
        case .cancelled:
            entries[id]?.pingAbandoned()
            return report.calls == 0 ? nil : .failed("stopped before it was answered")
        case .failed(.transient, let reason):
            entries[id]?.failed(at: now.elapsed)
            return .failed(reason)
        case .failed(let fault, let reason):
            stop(fault, of: entry, reason)
            return .failed(reason)
        }
    }

    /// Stops what is at fault, and nothing else.
    private func stop(_ fault: Fault, of entry: WarmEntry, _ reason: String) {
        for (id, other) in entries {
            let isAtFault =
                switch fault {
                case .credential: other.scope.upstream == entry.scope.upstream
                case .model: other.scope.upstream == entry.scope.upstream && other.plan.model == entry.plan.model
                default: id == entry.plan.id
                }
            if isAtFault { entries[id]?.stop("\(reason); \(fault.mend)") }
        }
    }

    private static func outcome(of report: PingReport) -> Tick.Outcome? {
        switch report.outcome {
        case .answered(let usage): .pinged(usage.verdict, nil)
        case .failed(_, let reason): .failed(reason)
        case .refused, .cancelled: nil
        }
    }

    // MARK: Entries

    func insert(_ plans: [PrefixPlan], of scope: WarmScope) {
        for plan in plans {
            nextGeneration += 1
            entries[plan.id] = WarmEntry(
                plan: plan, scope: scope, generation: nextGeneration, wall: clock.now.wall)
            reschedule(plan.id)
        }
        idsByScope[scope.name] = plans.map(\.id)
        inbox.wake()
    }

    func delete(_ name: String) {
        for id in idsByScope.removeValue(forKey: name) ?? [] { entries[id] = nil }
    }

    /// Takes over what a ping outside the schedule has shown.
    func noteWarmed(_ entry: WarmEntry, at start: Moment, usage: Usage) {
        let id = entry.plan.id
        guard entries[id]?.generation == entry.generation else { return }
        entries[id]?.answered(at: start, usage: usage, asked: true)
        reschedule(id)
        inbox.wake()
    }

    func change(_ name: String, _ body: (inout WarmEntry) -> Void) {
        for id in idsByScope[name] ?? [] {
            if entries[id] != nil { body(&entries[id]!) }
            reschedule(id)
        }
        inbox.wake()
    }
}

/// When an entry is to be looked at; stale once the entry has another generation.
struct DueTime: Comparable, Sendable {
    var at: Moment
    var id: String
    var generation: UInt64

    static func < (a: DueTime, b: DueTime) -> Bool { (a.at, a.id) < (b.at, b.id) }
}
