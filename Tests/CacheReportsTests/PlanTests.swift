import CachePrices
import CacheReports
import PromptCache
import SteppedTime
import Testing
import WarmingPolicies

@Suite("A plan says what to do, and says don't where warming does not pay")
struct PlanTests {
    /// Requests at some seconds of as many prompts.
    private func plan(
        _ scopes: [[Double]], tokens: Int = 20_000, read: Double = 0.1, days: Double? = nil
    ) -> WarmingPlan {
        let start = Moment(secondsSince1970: 1_790_000_000)
        let requests = scopes.enumerated().flatMap { scope, times in
            times.map { TraceRequest(start: start + .seconds($0), scope: scope, prefixTokens: tokens) }
        }
        let trace = Trace(requests: requests, horizon: .after(.seconds(86_400)))
        return WarmingPlan(
            WarmingPlan.Traffic(
                trace: trace, ratios: PriceRatios(read: read), model: ModelID("claude-sonnet-4-5"),
                inputPrice: .usd("0.000003"), minimumTokens: 1024))
    }

    private func every(_ seconds: Double, days: Double = 4) -> [Double] {
        Array(stride(from: 0, to: days * 86_400, by: seconds))
    }

    @Test("Prompts that pause for longer than an hour, and come back, are worth warming")
    func worthIt() throws {
        let plan = plan([every(5000), every(4500)])
        guard case .warm(let policy, let lifetime, let saves) = plan.advice else {
            Issue.record("\(plan.advice)")
            return
        }
        #expect(policy.everPings && lifetime == .oneHour)
        #expect(saves > 0.5)
        let row = try #require(plan.advisedRow)
        #expect(row.policy == policy && row.lifetime == lifetime)
        #expect(try #require(plan.settings).contains("policy: \(policy.name)"))
        #expect(try #require(plan.settings).contains(#""ttl": "1h""#))
        #expect(try #require(plan.dailyBudget) > .zero)
    }

    private func reason(_ plan: WarmingPlan) -> PlanAdvice.Reason? {
        guard case .dont(_, let reason) = plan.advice else { return nil }
        #expect(plan.settings == nil && plan.dailyBudget == nil && plan.advisedRow == nil)
        return reason
    }

    @Test("Not where traffic never pauses")
    func alwaysOn() { #expect(reason(plan([every(60, days: 2), every(100, days: 2)])) == .alwaysOn) }

    @Test("Not where each user has a prompt of his own and does not come back")
    func promptPerUser() {
        #expect(reason(plan((0..<300).map { [Double($0) * 500] })) == .promptPerUser)
    }

    @Test("Not where prompts are shorter than what the model caches")
    func belowMinimum() { #expect(reason(plan([every(5000)], tokens: 800)) == .belowMinimum) }

    @Test("Not where everybody comes back so late that pings cost as much as writes")
    func gapsTooLong() {
        var random = SeededRandom(seed: 40)
        let scopes = (0..<20).map { _ in
            (0..<10).map { Double($0) * 86_400 * 2 + Double.random(in: 0...80_000, using: &random) }
        }
        #expect(reason(plan(scopes)) == .gapsTooLong)
    }

    @Test("Not where entries of an hour bridge the pauses by themselves")
    func lifetimeSuffices() { #expect(reason(plan([every(1500), every(1700)])) == .lifetimeSuffices) }

    @Test("The adaptive policy is shown for the markers that requests bear, which are not its to choose")
    func markers() {
        let plan = plan([every(400, days: 1)])
        #expect(plan.row("adaptive, 5m") != nil && plan.row("adaptive, 1h") != nil && plan.row("adaptive") == nil)
        #expect(plan.rows.allSatisfy { $0.result.cost >= plan.optimum.cost - 1e-6 })
    }
}
