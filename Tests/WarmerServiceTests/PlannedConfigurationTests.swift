import CachePrices
import CacheReports
import Foundation
import PromptCache
import PromptCacheWarmer
import Testing
import WarmingPolicies

@testable import WarmerService

@Suite("The configuration that a plan prints")
struct PlannedConfigurationTests {
    @Test("passes the check of `warmer run`, once the prompt is there", arguments: [420.0, 5000])
    func isValid(gap: Double) async throws {
        let start = Moment(secondsSince1970: 1_790_000_000)
        // By day, every few minutes or hours; nobody comes at night.
        let times = (0..<10).flatMap { day in
            stride(from: 0, to: 40_000, by: gap).map { Double(day) * 86_400 + $0 }
        }
        let trace = Trace(
            requests: times.map { TraceRequest(start: start + .seconds($0), scope: 0, prefixTokens: 20_000) })
        for price in [.usd("0.000003"), nil] as [USD?] {
            let plan = WarmingPlan(
                WarmingPlan.Traffic(
                    trace: trace, ratios: PriceRatios(read: 0.025, write1h: gap < 1000 ? 20 : 2),
                    model: ModelID("claude-sonnet-4-5"), inputPrice: price))
            guard case .warm(let policy, let lifetime, _) = plan.advice else {
                Issue.record("\(plan.advice)")
                continue
            }
            let ttl = #""cache_control": {"type": "ephemeral", "ttl": "\#(lifetime.rawValue)"}"#
            let request = Prompts.request().replacing(#""cache_control": {"type": "ephemeral"}"#, with: ttl)
            let folder = try Folder(["my-prompt.json": request])
            let settings = try #require(plan.settings)
            let configuration = try await folder.read(settings)
            #expect(configuration.scopes.map(\.policy) == [policy])
            #expect(configuration.budget.perDay == plan.dailyBudget ?? .usd("1.00"))
            #expect(configuration.store != nil)
        }
    }
}
