public import PromptCache
public import WarmingPolicies

/// Where several warmers are one: a ping is begun only if the others agree.
extension CacheWarmer {
    func joinFleet() {
        options.fleet?.join(
            Fleet.Host(
                clock: clock, logger: options.logger, metrics: options.metrics,
                load: { [weak self] in await self?.load ?? FleetLoad(scopes: 0, holds: 0) },
                resting: { [weak self] in await self?.resting ?? [] },
                heard: { [weak self] touches, now in await self?.heard(touches, now) },
                setWarming: { [weak self] reason in self?.setWarmingHere(offReason: reason) }))
    }

    /// Tells the others that a request of the user's has touched a prefix.
    func tellFleet(of cell: EntryCell, touchedAt start: Moment) {
        guard let fleet = options.fleet, let key = fleetKey(cell) else { return }
        fleet.touched(key, at: start, now: clock.now.elapsed)
    }

    private var load: FleetLoad {
        let now = clock.now.elapsed
        let held = table.all.count { $0.holder == options.fleet?.name && $0.entry.lifeLeft(at: now) > .zero }
        return FleetLoad(scopes: table.count, holds: held)
    }

    /// Whether other processes have a part in what is warmed.
    public nonisolated var isInFleet: Bool { options.fleet != nil }

    /// Says that a request of a scope's has been answered that went on from earlier turns of its conversation: whoever in
    /// the fleet keeps one of those lets it go.
    ///
    /// - Parameters:
    ///   - name: the scope's name; nothing happens if there is none.
    ///   - turns: the prefixes of those turns, as far as they may not be known to be over.
    ///   - start: when the request began, on the clock's elapsed axis.
    public func continued(_ name: String, from turns: [PrefixKey], at start: Moment) {
        guard let fleet = options.fleet, let cell = table[name].first else { return }
        for turn in turns {
            if let key = fleet.key(turn, paidAs: cell.entry.plan, cell.lane.client) {
                fleet.continued(key, at: start, now: clock.now.elapsed)
            }
        }
    }

    /// What is not to be pinged here as things stand, though it could be.
    private var resting: [String] {
        let now = clock.now
        return Array(table.all.lazy.filter { $0.rests(now) }.compactMap { self.fleetKey($0) })
    }

    private func heard(_ touches: [String: LastTouch], _ now: ClockReading) {
        for cell in table.all where cell.rests(now) {
            guard let key = fleetKey(cell), let touch = touches[key] else { continue }
            cell.holder = touch.holder
            let isNews = cell.entry.touchedElsewhere(touch, asOf: now, asked: false, experience: cell.lane.experience)
            if isNews { reschedule(cell) }
        }
        inbox.wake()
    }

    private func fleetKey(_ cell: EntryCell) -> String? { options.fleet?.key(cell.entry.plan, cell.lane.client) }

    /// Runs a ping, if it is ours to send. What somebody here asked for is sent anyway, and told.
    ///
    /// - Returns: a report of no call if it is not ours; then the entry knows why, and what is next.
    func agreed(
        _ job: Pinger.Job, _ cell: EntryCell, _ intent: Intent, obstacle: () -> String?
    ) async -> PingReport {
        guard let fleet = options.fleet else { return await pinger.run(job, obstacle: obstacle) }
        guard let key = fleet.key(job.plan, job.client) else {
            return left(cell, for: Self.pauseWithoutWord, "nobody pays for its pings here")
        }
        if intent.isAwaited {
            let report = await pinger.run(job, obstacle: obstacle)
            if let touch = report.touch {
                cell.holder = fleet.name
                fleet.pinged(key, touch)
            }
            return report
        }
        let now = clock.now
        let permission = await fleet.claim(
            key, of: cell.entry, lastTouch: cell.entry.schedule.anchor, now: now.elapsed)
        switch permission {
        case .granted(let lease):
            cell.holder = fleet.name
            var job = job
            job.client = LeasedCall(call: job.client, fleet: fleet, lease: lease, clock: clock)
            let report = await pinger.run(job, obstacle: obstacle)
            fleet.finished(lease, touch: report.touch)
            return report
        case .touched(let touch):
            cell.holder = touch.holder
            let isNews = cell.entry.touchedElsewhere(
                touch, asOf: now, asked: intent.isAskedFor, experience: cell.lane.experience)
            return left(cell, for: isNews ? .zero : Lease.length, "another replica has touched it")
        case .held(let time): return left(cell, for: max(time, Self.shortestPause), "another replica pings it")
        case .unknown(let reason):
            return left(cell, for: Self.pauseWithoutWord, "nothing is sent without the fleet: \(reason)")
        }
    }

    /// Leaves a ping to others, for a while at least.
    private func left(_ cell: EntryCell, for time: Duration, _ reason: String) -> PingReport {
        let now = clock.now
        if time > .zero { cell.entry.refused(until: now.elapsed + time, reason: reason) }
        cell.entry.pingAbandoned()
        if !cell.isGone { reschedule(cell) }
        return PingReport(outcome: .abandoned(reason), startedAt: now)
    }

    private static var shortestPause: Duration { .milliseconds(100) }
    private static var pauseWithoutWord: Duration { .seconds(5) }
}

extension EntryCell {
    /// Whether it leaves its prefix alone until something happens, without having been told to.
    fileprivate func rests(_ now: ClockReading) -> Bool {
        !entry.isPaused && entry.stopReason == nil && !entry.isPinging && !entry.isContinued && intent(now).at == nil
    }
}

/// Sends for as long as the lease is ours: whoever was stopped for a while and wakes up sends nothing that another has sent
/// meanwhile.
private struct LeasedCall: WarmCall {
    let call: any WarmCall
    let fleet: Fleet
    let lease: Lease
    let clock: any WarmClock

    var endpoint: String { call.endpoint }

    func payer(of headers: [WarmHeader]) -> String? { call.payer(of: headers) }

    func send(_ request: WarmRequest) async throws -> WarmResponse {
        guard await fleet.mayStillPing(lease, at: clock.now) else {
            throw NotSent("its lease ran out, and another replica may have pinged")
        }
        return try await call.send(request)
    }
}

extension PingReport {
    /// When it touched the prefix, and what it found there; nil if it did not.
    fileprivate var touch: FleetBatch.Touch? {
        if case .answered(let usage) = outcome {
            FleetBatch.Touch(at: startedAt.elapsed, verdict: usage.verdict)
        } else {
            nil
        }
    }
}
