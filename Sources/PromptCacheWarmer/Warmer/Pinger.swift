import CachePrices
import PromptCache
import Synchronization
import WarmingPolicies

/// Carries one ping out: money first, then the call, then the next rung or a retry if need be.
struct Pinger: Sendable {
    let gate: any SpendGate
    let clock: any WarmClock
    /// A number from 0 to 1 for the jitter of retries.
    let random: @Sendable () -> Double
    let ladder: LadderMemory

    /// The ladder of all upstreams, shared by pings that run at once.
    final class LadderMemory: Sendable {
        let ladder: Mutex<Ladder>
        init(mayClose: Bool) { ladder = Mutex(Ladder(mayClose: mayClose)) }
    }

    /// What is sent, and what is known of it.
    struct Job: Sendable {
        var plan: PrefixPlan
        /// The lifetime that is asked for, where that is ours to choose.
        var chosen: Lifetime?
        var client: any WarmCall
        var pace: SharedPace
        var scope: String
        var scopeBudget: Budget?
        /// The most that it can have to write; nil where nobody can tell.
        var mostTokens: Int?
        /// When the entry lapses, and a retry would come too late; nil where it is cold already.
        var deadline: Moment?

        var lifetime: Lifetime { chosen ?? plan.lifetime }
    }

    private static let stopped = PingReport.Outcome.abandoned("stopped before it was answered")

    /// Sends until there is an answer, or no sense in going on.
    ///
    /// - Parameter obstacle: asked before a call is tried again: why it is not wanted any more, for people.
    func run(_ job: Job, obstacle: () -> String?) async -> PingReport {
        var report = PingReport(outcome: Self.stopped, startedAt: clock.now)
        guard let request = try? job.plan.request(for: job.chosen) else {
            report.outcome = .failed(.scope, "its body cannot be read")
            return report
        }
        let target = job.plan.target
        guard
            var rung = ladder.ladder.withLock({
                $0.rung(for: request, target.ladderKey, from: target.rules.lowestRung)
            })
        else {
            report.outcome = .failed(.scope, ladder.ladder.withLock { $0.refusal(of: request) })
            return report
        }
        guard let tokens = job.mostTokens else {
            report.outcome = .failed(
                .scope,
                "it has images or documents, whose tokens are unknown until a usage is; note an arrival with its usage")
            return report
        }
        var retries = RetryPlan()
        var hasClimbed = false
        while true {
            let worstCase = job.plan.target.price.worstCase(
                tokens: tokens, lifetime: job.chosen ?? job.plan.longestLifetime,
                maxOutput: Self.output(of: request, on: rung),
                modifiers: job.plan.target.modifiers)
            let wish = SpendRequest(
                scope: job.scope, worstCase: worstCase, wall: clock.now.wall, scopeBudget: job.scopeBudget)
            let reservation: Reservation
            switch await gate.reserve(wish) {
            case .granted(let granted): reservation = granted
            case .refused(let refusal):
                report.outcome = .refused(refusal)
                return report
            }
            let advice: RetryAdvice?
            switch await call(job, request, rung, reservation, &report) {
            case .answered(let usage):
                if hasClimbed { ladder.ladder.withLock { $0.remember(rung, for: job.plan.target.ladderKey) } }
                report.outcome = .answered(usage)
                return report
            case .ended(let outcome):
                report.outcome = outcome
                return report
            case .refusedRung(let reason):
                guard let next = ladder.ladder.withLock({ $0.rung(above: rung, for: request) }) else {
                    report.outcome = .failed(.scope, reason)
                    return report
                }
                rung = next
                hasClimbed = true
                advice = nil
                report.outcome = .failed(.transient, reason)
            case .again(let hint, let reason):
                advice = hint
                report.outcome = .failed(.transient, reason)
            }
            let deadline = job.deadline ?? clock.now.elapsed + job.lifetime.duration
            do {
                if let advice {
                    let now = clock.now.elapsed
                    guard let delay = retries.delay(after: advice, remaining: deadline - now, random: random()) else {
                        return report
                    }
                    try await clock.sleep(until: now + delay)
                }
                // Several may have waited for the same moment.
                while let free = job.pace.take(at: clock.now.elapsed) {
                    guard free < deadline else { return report }
                    try await clock.sleep(until: free)
                }
            } catch {
                report.outcome = Self.stopped
                return report
            }
            if let obstacle = obstacle() {
                report.outcome = .abandoned(obstacle)
                return report
            }
        }
    }

    private enum Step {
        case answered(Usage)
        case ended(PingReport.Outcome)
        case refusedRung(String)
        case again(RetryAdvice, String)
    }

    /// One call, paid for whatever happens.
    private func call(
        _ job: Job, _ request: MessagesRequest, _ rung: Rung, _ reservation: Reservation, _ report: inout PingReport
    ) async -> Step {
        report.startedAt = clock.now
        report.rung = rung
        report.calls += 1
        let outgoing = WarmRequest(
            body: request.replay(on: rung), headers: job.plan.headers, model: job.plan.model,
            closesAtFirstEvent: rung == .streamAndClose, lifetime: job.lifetime)
        let response: WarmResponse
        do {
            response = try await job.client.send(outgoing)
        } catch let error as NotSent {
            await gate.settle(reservation, at: .zero)
            return .again(RetryAdvice(), error.reason)
        } catch {
            // Nobody knows whether it was billed.
            await settle(reservation, at: reservation.amount, &report)
            return error is CancellationError ? .ended(Self.stopped) : .again(RetryAdvice(), String(describing: error))
        }
        report.latency = clock.now.elapsed - report.startedAt.elapsed
        job.pace.observe(response, at: clock.now)
        guard response.status == 200 else {
            await settle(reservation, at: response.isSurelyUnbilled ? .zero : reservation.amount, &report)
            return Self.step(after: response, rung)
        }
        guard let usage = response.usage else {
            await settle(reservation, at: reservation.amount, &report)
            let reason = response.error.map(String.init(describing:)) ?? "the response bears no usage"
            return response.error == nil ? .ended(.failed(.scope, reason)) : .again(response.advice, reason)
        }
        let truth = job.plan.target.price.cost(of: usage, modifiers: job.plan.target.modifiers).total
        // A closed stream never tells its final usage, so that its reservation stands.
        await settle(reservation, at: rung == .streamAndClose ? max(truth, reservation.amount) : truth, &report)
        report.usage += usage
        return .answered(usage)
    }

    private func settle(_ reservation: Reservation, at cost: USD, _ report: inout PingReport) async {
        await gate.settle(reservation, at: cost)
        report.cost = report.cost + cost
    }

    private static func step(after response: WarmResponse, _ rung: Rung) -> Step {
        let reason = "\(response.status)\(response.error.map { " \($0)" } ?? "")"
        switch Fault.of(response, on: rung) {
        case .transient: return .again(response.advice, reason)
        case .perhapsRung: return .refusedRung(reason)
        case let fault: return .ended(.failed(fault, reason))
        }
    }

    private static func output(of request: MessagesRequest, on rung: Rung) -> Int {
        switch rung {
        case .zero: 0
        case .one: 1
        case .streamAndClose: request.maxTokens ?? 0
        }
    }
}
