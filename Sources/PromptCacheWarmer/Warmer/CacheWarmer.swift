import CachePrices
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

    let options: WarmerOptions
    let gate: any SpendGate
    let clock: any WarmClock
    let pinger: Pinger
    let instruments: Instruments
    /// The scope of the config that the warmer was made with.
    let scopeOfConfig: String?
    nonisolated let inbox = Inbox()
    nonisolated let broadcast = TickBroadcast()

    private(set) var table: ScopeTable
    /// Pings under way. They may outlive the loop when it ends, up to a limit, so the loop's own task cannot own them.
    private var flights: [UInt64: Task<PingReport, Never>] = [:]
    private var nextFlight: UInt64 = 0
    private(set) var loop: Task<Void, Never>?
    var history = HistoryQueue()
    /// Whether what all scopes have in common has been read.
    var hasRecalled = false
    private var writing: Task<Void, Never>?

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
        var table = Self.table(clients: [Self.defaultUpstream: client], options)
        try table.put(scope, wall: options.clock.now.wall)
        self.init(table: table, options: options, scopeOfConfig: scope.name)
    }

    /// A warmer without scopes.
    ///
    /// - Parameter clients: what sends pings, by the name that scopes call them.
    public init(clients: [String: any WarmCall], options: WarmerOptions = WarmerOptions()) {
        self.init(table: Self.table(clients: clients, options), options: options, scopeOfConfig: nil)
    }

    private init(table: sending ScopeTable, options: WarmerOptions, scopeOfConfig: String?) {
        self.table = table
        self.options = options
        self.scopeOfConfig = scopeOfConfig
        clock = options.clock
        gate = SwitchedSpendGate(
            gate: options.gate ?? InMemorySpendGate(budget: options.budget), warmingSwitch: options.warmingSwitch)
        instruments = Instruments(logger: options.logger, metrics: options.metrics)
        pinger = Pinger(
            gate: gate, clock: options.clock, random: options.random,
            ladder: Pinger.LadderMemory(mayClose: options.mayCloseStreams))
    }

    private static func table(clients: [String: any WarmCall], _ options: WarmerOptions) -> ScopeTable {
        ScopeTable(
            clients: clients, prices: options.prices, profile: options.profile, callsPerSecond: options.pingsPerSecond,
            warmingSwitch: options.warmingSwitch)
    }

    // MARK: Life

    /// Begins to warm. Once it runs, calling it again does nothing.
    public func start() {
        guard loop == nil, !inbox.isStopping else { return }
        joinFleet()
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
        for arrival in inbox.close() { noted(arrival) }
        await finishFlights()
        await writing?.value
        await writeHistories()
        await options.fleet?.leave()
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
        for flight in running { _ = await flight.value }
        limit.cancel()
        await limit.value
    }

    // MARK: The loop

    private func runLoop() async {
        for cell in table.all.sorted(by: { $0.number < $1.number }) {
            history.added(cell)
            reschedule(cell)
        }
        while !inbox.isStopping {
            await recall()
            for arrival in inbox.take() { noted(arrival) }
            let now = clock.now
            for lane in table.lanes.values { fireDue(in: lane, now) }
            write(now)
            let looks = table.lanes.values.compactMap { $0.nextLook(after: now.elapsed) }
            // A write under way wakes the loop when it ends.
            let write = writing == nil ? history.writesAt.map { [$0] } ?? [] : []
            await inbox.nap(until: (looks + write).min() ?? .distantFuture, on: clock)
        }
    }

    /// Has histories written whose time has come, while warming goes on.
    private func write(_ now: ClockReading) {
        guard writing == nil, let at = history.writesAt, at <= now.elapsed else { return }
        clock.hold()
        writing = Task { [self] in
            await writeHistories()
            writing = nil
            inbox.wake()
            clock.release()
        }
    }

    private func noted(_ arrival: Inbox.Arrival) {
        if arrival.isRecorded { record(arrival) }
        for (index, cell) in table[arrival.scope].enumerated() {
            // Only the whole request's usage belongs to the last breakpoint.
            var arrival = arrival
            if index > 0 { arrival.usage = nil }
            cell.entry.arrived(arrival, experience: cell.lane.experience)
            remember(cell)
            tellFleet(of: cell, touchedAt: arrival.at)
            reschedule(cell)
        }
        instruments.arrival()
    }

    private func record(_ arrival: Inbox.Arrival) {
        let entries = table[arrival.scope].map(\.entry)
        // What is told later of the same request is no other request.
        guard let ledger = options.ledger, let last = entries.first, last.schedule.lastArrival != arrival.at else {
            return
        }
        let now = clock.now
        let wall = now.wall + (arrival.at - now.elapsed)
        ledger.record(LedgerRow(arrival, wall: wall, of: entries))
    }

    private func fireDue(in lane: Lane, _ now: ClockReading) {
        while let due = lane.takeDue(at: now.elapsed) {
            let intent = due.cell.intent(now)
            guard let at = intent.at else { continue }
            if intent.pings, at <= now.elapsed {
                begin(due.cell, intent, now, lateness: now.elapsed - due.at)
            } else {
                lane.queue(due.cell, at: at)
            }
        }
    }

    /// Queues a cell for its next due time, if that is earlier than the time it is queued for: when that comes up, the
    /// cell is asked anew.
    func reschedule(_ cell: EntryCell) {
        if let at = cell.intent(clock.now).at { cell.lane.queue(cell, at: at) }
    }

    // MARK: Pings

    /// Begins a ping; what it does is booked when it ends.
    @discardableResult
    func begin(_ cell: EntryCell, _ intent: Intent, _ now: ClockReading, lateness: Duration = .zero)
        -> Task<PingReport, Never>
    {
        let entry = cell.entry
        let lifeLeft = entry.lifeLeft(at: now.elapsed)
        let job = Pinger.Job(
            plan: entry.plan, chosen: entry.chosen, client: cell.lane.client, pace: cell.lane.pace, scope: entry.name,
            scopeBudget: entry.terms.budget, mostTokens: entry.mostTokens,
            deadline: lifeLeft > .zero ? now.elapsed + lifeLeft : nil)
        cell.entry.pingBegins()
        cell.lane.pace.takeAtOnce(at: now.elapsed)
        let number = nextFlight
        nextFlight += 1
        clock.hold()
        let flight = Task { [self] in
            let report = await withSpan("prompt cache ping", ofKind: .client) { span in
                span.attributes["scope"] = job.scope
                span.attributes["model"] = job.plan.model.name
                return await agreed(job, cell, intent) { obstacle(to: cell, intent, since: now.elapsed) }
            }
            flights[number] = nil
            cell.flight = nil
            finished(cell, report, intent, lateness: lateness)
            inbox.wake()
            // Whoever asked for it waits, and goes on with this hold.
            if !intent.isAwaited { clock.release() }
            return report
        }
        flights[number] = flight
        cell.flight = flight
        return flight
    }

    /// Why a ping that has failed is not to be tried again; nil if it is.
    private func obstacle(to cell: EntryCell, _ intent: Intent, since start: Moment) -> String? {
        if inbox.isStopping { return "the warmer was stopped" }
        if cell.isGone { return "the scope was replaced or removed meanwhile" }
        return intent.isAskedFor ? nil : cell.entry.obstacle(since: start)
    }

    /// Books what a ping has done. If its scope was replaced or removed meanwhile, it is only told.
    private func finished(_ cell: EntryCell, _ report: PingReport, _ intent: Intent, lateness: Duration) {
        if let latency = report.latency { cell.lane.answered(after: latency) }
        guard let outcome = cell.isGone ? Self.outcome(of: report) : apply(report, to: cell, asked: intent.isAskedFor)
        else { return }
        let entry = cell.entry
        var tick = Tick(
            scope: entry.name, breakpoint: entry.plan.breakpoint.path, model: entry.plan.model,
            at: report.startedAt, outcome: outcome, reason: intent.reason.description, usage: report.usage,
            cost: report.cost,
            calls: report.calls, rung: report.rung, latency: report.latency, lateness: lateness,
            next: "nothing; the scope was replaced or removed meanwhile",
            expectedValue: intent.expectedValue(tokens: entry.prefixTokens, input: entry.plan.target.price.prices.input)
        )
        tick.choseHour = entry.choseHour(report.usage)
        if !cell.isGone {
            let now = clock.now
            tick.next = cell.plannedIntent(now).description(at: now.elapsed)
            cell.entry.record(tick)
            // A policy that holds for ever needs no history of its pings.
            if entry.plan.policy.needsArrivals { remember(cell) }
            reschedule(cell)
        }
        tell(tick, of: entry)
    }

    func tell(_ tick: Tick, of entry: WarmEntry) {
        options.ledger?.record(LedgerRow(tick, of: entry))
        instruments.tick(tick)
        options.onTick?(tick)
        broadcast.send(tick)
    }

    /// - Returns: nil where nothing has happened that is worth a tick.
    private func apply(_ report: PingReport, to cell: EntryCell, asked: Bool) -> Tick.Outcome? {
        let now = clock.now
        switch report.outcome {
        case .answered(let usage):
            let start = report.startedAt.elapsed
            let cause = cell.entry.evidence(for: start).cause(of: usage)
            cell.entry.answered(at: report.startedAt, usage: usage, asked: asked)
            return .pinged(usage.verdict, cause)
        case .refused(let refusal):
            cell.entry.refused(until: refusal.retryAt.map(now.elapsed(atWall:)), reason: refusal.reason)
            return .refused(refusal.reason)
        case .abandoned(let reason):
            cell.entry.pingAbandoned()
            return report.calls == 0 ? nil : .failed(reason)
        case .failed(.transient, let reason):
            cell.entry.failed(at: now.elapsed)
            return .failed(reason)
        case .failed(let fault, let reason):
            cell.entry.pingAbandoned()
            stop(fault, of: cell, "\(reason); \(fault.mend)")
            return .failed(reason)
        }
    }

    /// Stops what is at fault, and nothing else.
    private func stop(_ fault: Fault, of cell: EntryCell, _ reason: String) {
        let upstream = cell.entry.terms.upstream
        switch fault {
        case .credential:
            let payer = cell.entry.terms.payer
            for other in table.all where other.entry.terms.upstream == upstream && other.entry.terms.payer == payer {
                other.entry.stop(reason)
            }
        case .model:
            for other in table.all where other.lane === cell.lane { other.entry.stop(reason) }
        default: cell.entry.stop(reason)
        }
    }

    private static func outcome(of report: PingReport) -> Tick.Outcome? {
        switch report.outcome {
        case .answered(let usage): .pinged(usage.verdict, nil)
        case .failed(_, let reason): .failed(reason)
        case .refused(let refusal): report.calls == 0 ? nil : .refused(refusal.reason)
        case .abandoned(let reason): report.calls == 0 ? nil : .failed(reason)
        }
    }

    // MARK: Scopes

    /// Puts a scope in, in the place of one of the same name.
    func put(_ scope: WarmScope) throws(ScopeFault) {
        for cell in try table.put(scope, wall: clock.now.wall) {
            if loop != nil { history.added(cell) }
            reschedule(cell)
        }
        inbox.wake()
    }

    func delete(_ name: String) -> Bool { table.remove(name) }

    /// - Returns: whether there is a scope of that name.
    func change(_ name: String, isRemembered: Bool = false, _ body: (inout WarmEntry) -> Void) -> Bool {
        for cell in table[name] {
            body(&cell.entry)
            if isRemembered { remember(cell) }
            reschedule(cell)
        }
        inbox.wake()
        return table.contains(name)
    }
}
