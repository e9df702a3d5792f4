import CachePrices
import PromptCache
import WarmingPolicies

/// The life of one prefix in a warmer: its schedule, what is known of it, and what it has cost.
///
/// A state machine without effects: the warmer tells it what has happened and asks what is to be done.
struct WarmEntry: Sendable {
    private(set) var plan: PrefixPlan
    private(set) var terms: ScopeTerms
    /// The scope's.
    let name: String
    private(set) var schedule: WarmSchedule
    private(set) var lastUsage: Usage?
    // What is small stands together, where it takes no room: there may be a hundred thousand entries.
    /// For what its entry was written, or is to be, where that is ours to choose; nil where the markers say so.
    private(set) var chosen: Lifetime?
    private(set) var isPaused = false
    /// Whether it stopped because no budget would ever allow a ping.
    private var stopsForMoney = false
    private(set) var isPinging = false
    /// Whether its conversation has gone on at another replica.
    private(set) var isContinued = false
    private(set) var stopReason: String?
    /// What a ping of this very body has counted; 0 before one.
    private var pingedTokens = 0
    private(set) var totals = ScopeTotals()
    private(set) var lastPing: LastPing?
    /// Money was refused: nothing is sent before.
    private var refusal: Refusal?
    /// Pre-warm times up to here are done with, on the wall's axis.
    private var prewarmedUntil: Moment

    /// Rare, and so apart from the entry.
    private final class Refusal: Sendable {
        let until: Moment
        let reason: String

        init(until: Moment, reason: String) {
            self.until = until
            self.reason = reason
        }
    }

    init(plan: PrefixPlan, name: String, terms: ScopeTerms, wall: Moment) {
        self.plan = plan
        self.name = name
        self.terms = terms
        schedule = WarmSchedule(policy: plan.policy, verifies: terms.verifies)
        if terms.choosesLifetime { chosen = plan.lifetime }
        prewarmedUntil = wall
    }

    /// How long the provider keeps what was written.
    var lifetime: Lifetime { chosen.map { plan.target.rules.lifetime(asked: $0) } ?? plan.lifetime }

    // MARK: What is to be done

    /// What is to be done as things stand.
    func intent(_ now: ClockReading, timing: Timing, shared: SharedStatistics) -> Intent {
        if isPaused { return Intent(at: nil, pings: false, reason: .paused) }
        if let stopReason { return Intent(at: nil, pings: false, reason: .stopped(stopReason)) }
        if isPinging { return Intent(at: nil, pings: false, reason: .pinging) }
        if isContinued, schedule.keptUntil ?? .distantPast <= now.elapsed {
            return Intent(at: nil, pings: false, reason: .continued)
        }
        let intent = withPrewarming(withinHours(scheduled(now, timing: timing, shared), now), now)
        if let refusal, let at = intent.at, max(at, now.elapsed) < refusal.until {
            return Intent(at: refusal.until, pings: false, reason: .refused(refusal.reason))
        }
        return intent
    }

    private func scheduled(_ now: ClockReading, timing: Timing, _ shared: SharedStatistics) -> Intent {
        switch schedule.next(after: now.elapsed, timing: timing, prices: plan.target.ratios, shared: shared) {
        case .ping(let at, let reason): Intent(at: at, pings: true, reason: .schedule(reason))
        case .rest(let until, let reason): Intent(at: until, pings: false, reason: .schedule(reason))
        }
    }

    private func withinHours(_ intent: Intent, _ now: ClockReading) -> Intent {
        guard let hours = terms.hours, intent.pings, let at = intent.at else { return intent }
        let due = now.wall + (max(at, now.elapsed) - now.elapsed)
        if hours.isOpen(at: due) { return intent }
        let opening = hours.nextOpening(after: due).map(now.elapsed(atWall:))
        return Intent(at: opening, pings: false, reason: .closed)
    }

    private func withPrewarming(_ intent: Intent, _ now: ClockReading) -> Intent {
        let since = max(prewarmedUntil, now.wall - Self.latestPrewarm)
        guard let time = terms.prewarm?.next(after: since) else { return intent }
        let at = max(now.elapsed(atWall: time), schedule.notBefore ?? .distantPast)
        if let other = intent.at, other <= at { return intent }
        return Intent(at: at, pings: true, reason: .prewarm)
    }

    /// A pre-warm that could not be sent for so long is not made up for: who it was for has come or will not.
    private static let latestPrewarm = Duration.seconds(900)

    /// The most that a ping can have to write: what one has counted, and before that no more than the bytes allow and,
    /// where an arrival was counted, no more than what that or a careful estimate says. Nil where nobody can tell.
    var mostTokens: Int? {
        if pingedTokens > 0 { return pingedTokens }
        let bound = plan.size.maximumTokens
        guard let arrived = lastUsage?.totalInput else { return bound }
        return min(bound ?? .max, max(arrived, plan.size.estimatedTokens))
    }

    /// Why a ping that has failed is not to be tried again; nil if it is.
    ///
    /// - Parameter start: when it began.
    func obstacle(since start: Moment) -> String? {
        if let stopReason { return "stopped: \(stopReason)" }
        if isPaused { return "paused meanwhile" }
        if let arrival = schedule.lastArrival, arrival >= start { return "a request has come meanwhile" }
        return nil
    }

    // MARK: Other terms

    /// Whether what is known of this prefix holds on under a new plan.
    func canGoOn(with plan: PrefixPlan, _ terms: ScopeTerms) -> Bool {
        plan.key == self.plan.key && plan.policy == self.plan.policy && plan.lifetime == self.plan.lifetime
            && terms.verifies == self.terms.verifies && terms.choosesLifetime == self.terms.choosesLifetime
    }

    /// Takes over new terms and keeps its history. Money that was refused may be asked for again; what stopped for want
    /// of money goes on if its budget is another.
    mutating func goOn(with plan: PrefixPlan, _ terms: ScopeTerms) {
        refusal = nil
        if terms.budget != self.terms.budget, stopsForMoney { stopReason = nil }
        if plan.body.count != self.plan.body.count { pingedTokens = 0 }
        // Another's key may be good.
        if terms.payer != self.terms.payer { stopReason = nil }
        self.plan = plan
        self.terms = terms
    }

    /// The budget of all is another.
    mutating func mayAskForMoneyAgain() {
        refusal = nil
        if stopsForMoney { stopReason = nil }
    }

    // MARK: What was before

    /// What its history is stored under.
    var historyName: String { "scope \(plan.id)" }

    func history(_ now: ClockReading) -> ScopeHistory { ScopeHistory(schedule, of: plan, lifetime: lifetime, now: now) }

    /// Goes on from what was stored, also if something has happened since.
    mutating func recall(_ stored: [UInt8], now: ClockReading) {
        guard
            let history = ScopeHistory(
                stored, policy: plan.policy, verifies: terms.verifies, shift: now.wall - now.elapsed)
        else { return }
        if history.isOf(plan), terms.choosesLifetime || history.lifetime == plan.lifetime {
            if terms.choosesLifetime { chosen = history.lifetime }
            schedule = schedule.merged(with: history.schedule)
        } else {
            schedule.learn(from: history.schedule)
        }
    }

    /// Takes over what was learned under the same name of another prefix, or under other terms.
    mutating func learn(from other: WarmEntry) { schedule.learn(from: other.schedule) }

    // MARK: What happens

    mutating func arrived(_ note: Inbox.Arrival, experience: Experience) {
        let isAnother = schedule.lastArrival != note.at
        let arrival = self.arrival(note)
        let wasCold = lifeLeft(at: note.at) == .zero
        schedule.arrival(arrival, shared: &experience.shared, prices: plan.target.ratios)
        if isAnother, terms.choosesLifetime { written(by: arrival, note.usage, wasCold: wasCold, experience.shared) }
        // Of one that is told late nothing follows for those after it.
        if schedule.lastArrival == note.at {
            schedule.answered(verdict: note.usage?.verdict, awaits: note.awaits, shared: &experience.shared)
        }
        if isAnother {
            totals.arrivals += 1
            isContinued = false
        }
        if let usage = note.usage { lastUsage = usage }
    }

    /// What was cached before, and what the request has added to it.
    private func arrival(_ note: Inbox.Arrival) -> Arrival {
        let before = lastUsage.map(\.cached) ?? 0
        guard let usage = note.usage, usage.cached > 0 else {
            return Arrival(
                start: note.at, prefixTokens: prefixTokens, awaits: note.awaits,
                isSubAgent: note.isSubAgent)
        }
        let new = usage.read > 0 ? usage.written : before > 0 ? max(0, usage.cached - before) : 0
        return Arrival(
            start: note.at, prefixTokens: usage.cached - new, newTokens: new, awaits: note.awaits,
            isSubAgent: note.isSubAgent)
    }

    // MARK: Lifetimes that are ours to choose

    /// For what to mark a request that is sent now; nil for not at all.
    func lifetimeToWrite(now: Moment, _ shared: SharedStatistics) -> Lifetime? {
        guard terms.choosesLifetime, lifeLeft(at: now) == .zero else { return lifetime }
        // As if it had come already.
        var (trial, shared) = (schedule, shared)
        trial.arrival(arrival(Inbox.Arrival(scope: name, at: now)), shared: &shared, prices: plan.target.ratios)
        return trial.lifetimeToWrite(prices: plan.target.ratios, shared: shared)
    }

    /// What a response says of the lifetime that was written; ours where nobody has told.
    func lifetime(of usage: Usage?) -> Lifetime {
        guard terms.choosesLifetime, let usage, usage.written > 0 else { return lifetime }
        return usage.write1h > 0 ? .oneHour : .fiveMinutes
    }

    /// Whether a request wrote for an hour because we chose so.
    func choseHour(_ usage: Usage) -> Bool { terms.choosesLifetime && usage.write1h > 0 }

    /// Takes over what a request has written, and keeps the account that bounds the cost.
    private mutating func written(by arrival: Arrival, _ usage: Usage?, wasCold: Bool, _ shared: SharedStatistics) {
        let ratios = plan.target.ratios
        let tokens = Double(arrival.prefixTokens + arrival.newTokens)
        if let usage {
            if usage.read == 0 { chosen = lifetime(of: usage) }
            schedule.paid(usage.cached > 0 ? ratios.cost(of: usage) : tokens)
        } else if wasCold {
            guard let asked = schedule.lifetimeToWrite(prices: ratios, shared: shared) else {
                schedule.notCached()
                schedule.paid(tokens)
                return
            }
            chosen = asked
            schedule.paid(ratios.write(asked) * tokens)
        } else {
            schedule.paid(ratios.read * tokens)
        }
    }

    /// Why a request of the user's found nothing cached: what a ping has just hit is not gone.
    func missCause(arrivalAt start: Moment, _ usage: Usage) -> MissCause? {
        let cause = evidence(for: start).cause(of: usage)
        return cause == .evictedEarly && schedule.isHeldByPing(at: start) ? .elsewhere : cause
    }

    mutating func keep(until end: Moment) { schedule.keep(until: end) }

    mutating func drop(at moment: Moment) { schedule.drop(at: moment) }

    mutating func pingBegins() { isPinging = true }

    /// What is known to find out why a ping misses; ask before telling that it was answered.
    func evidence(for start: Moment) -> PingEvidence {
        PingEvidence(
            sinceLastTouch: schedule.anchor.map { start - $0 }, lifetime: lifetime,
            missesBefore: schedule.missesInARow, rules: plan.target.rules)
    }

    mutating func answered(at start: ClockReading, usage: Usage, asked: Bool) {
        isPinging = false
        refusal = nil
        prewarmedUntil = max(prewarmedUntil, start.wall)
        if asked {
            schedule.prewarmed(at: start.elapsed, verdict: usage.verdict, lifetime: lifetime)
        } else {
            schedule.pinged(at: start.elapsed, verdict: usage.verdict, lifetime: lifetime)
        }
        if terms.choosesLifetime { schedule.paid(plan.target.ratios.cost(of: usage) + Double(usage.input)) }
        lastUsage = usage
        pingedTokens = usage.totalInput
    }

    mutating func failed(at moment: Moment) {
        isPinging = false
        schedule.failed(at: moment)
    }

    mutating func refused(until moment: Moment?, reason: String) {
        isPinging = false
        if let moment {
            refusal = Refusal(until: moment, reason: reason)
        } else {
            stop(reason)
            stopsForMoney = true
        }
    }

    mutating func pingAbandoned() { isPinging = false }

    /// Other replicas have touched it, and a ping would have been in vain.
    ///
    /// - Parameter asked: whether the ping was one for a set time.
    /// - Returns: whether it was not known.
    mutating func touchedElsewhere(
        _ touch: LastTouch, asOf now: ClockReading, asked: Bool, experience: Experience
    ) -> Bool {
        // What differs by less is the same, counted in another way.
        func isNews(_ moment: Moment, _ known: Moment?) -> Bool {
            known.map { moment > $0 + Standing.tolerance } ?? true
        }
        func news(_ age: Duration?, _ known: Moment?) -> Moment? {
            guard let age, age <= lifetime.duration else { return nil }
            return isNews(now.elapsed - age, known) ? now.elapsed - age : nil
        }
        let wentOn = touch.continued.map { now.elapsed - $0 }
        let isContinued = plan.isTurn && (wentOn.map { isNews($0, schedule.lastArrival) } ?? false)
        let (arrival, ping) = (news(touch.arrival, schedule.lastArrival), news(touch.ping, schedule.lastPing))
        let continued = plan.isTurn ? news(touch.continued, schedule.lastArrival) : nil
        for start in [arrival, continued].compactMap(\.self).sorted() {
            schedule.arrival(
                Arrival(start: start, prefixTokens: lastUsage?.cached ?? plan.size.estimatedTokens),
                shared: &experience.shared, prices: plan.target.ratios)
        }
        if isContinued || arrival != nil {
            self.isContinued = isContinued && (wentOn ?? .distantPast) >= arrival ?? .distantPast
        }
        if let ping, asked {
            schedule.prewarmed(at: ping, verdict: touch.verdict ?? .hit, lifetime: lifetime)
        } else if let ping {
            schedule.pinged(at: ping, verdict: touch.verdict ?? .hit, lifetime: lifetime)
        }
        if asked { prewarmedUntil = max(prewarmedUntil, now.wall) }
        return arrival != nil || ping != nil || isContinued
    }

    /// A ping under way goes on, and is booked when it ends.
    mutating func stop(_ reason: String) {
        stopReason = reason
        stopsForMoney = false
    }

    mutating func pause() { isPaused = true }

    /// Ends a pause and a stop; what stopped it is taken for mended.
    mutating func resume() {
        isPaused = false
        stopReason = nil
        refusal = nil
        schedule.resume()
    }

    mutating func record(_ tick: Tick) {
        lastPing = LastPing(tick)
        totals.add(tick)
    }

    /// The tokens of the prefix: as the last usage has them, or by its bytes.
    var prefixTokens: Int {
        let known = lastUsage?.cached ?? 0
        return known > 0 ? known : plan.estimatedTokens
    }

    /// What has stopped it, and what to do.
    var whyStopped: String? { stopReason ?? schedule.stop.map(\.description) }

    /// How much longer the provider is to keep the prefix; zero once it is cold.
    func lifeLeft(at moment: Moment) -> Duration {
        let promised = schedule.lifeLeft(at: moment, lifetime: lifetime) ?? .zero
        return max(.zero, promised - plan.target.rules.shortfall(of: lifetime))
    }
}
