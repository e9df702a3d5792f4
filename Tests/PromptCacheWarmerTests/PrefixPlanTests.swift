import CachePrices
import PromptCache
import Testing
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A scope is planned once, and refused with a reason if every ping would be useless")
struct PrefixPlanTests {
    private func plans(_ scope: WarmScope) throws -> [PrefixPlan] {
        var pool = PlanPool()
        return try PrefixPlan.plans(of: scope, endpoint: "https://api.anthropic.com", prices: .builtIn, pool: &pool)
    }

    private func refusal(_ scope: WarmScope) -> String? {
        do {
            _ = try plans(scope)
            return nil
        } catch {
            return (error as? ScopeFault)?.reason
        }
    }

    @Test("A prompt with one breakpoint is one plan, whose ping is cut behind it and keeps its key")
    func one() throws {
        let scope = try Prompts.scope()
        let plan = try #require(plans(scope).first)
        #expect(try plans(scope).count == 1)
        let ping = try MessagesRequest(plan.body)
        #expect(ping.lastPrefix(in: RequestContext())?.key == plan.key)
        #expect(!String(decoding: plan.body, as: UTF8.self).contains("Hello?"))
    }

    @Test("Breakpoints of both lifetimes have schedules of their own, the longest prefix first")
    func twoLifetimes() throws {
        let tools =
            #"{"name":"t","description":"\#(Prompts.text("t").split(separator: "\n").joined(separator: " "))","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral","ttl":"1h"}}"#
        let scope = try Prompts.scope(body: Prompts.body(extra: #""tools":[\#(tools)],"#))
        let plans = try plans(scope)
        #expect(plans.map(\.id) == ["support", "support:tools.0"])
        #expect(plans.map(\.policy.name) == ["every:285s@5m", "every:3540s@1h"])
        #expect(!String(decoding: plans[1].body, as: UTF8.self).contains("system"))
    }

    @Test("A whole request is sent as it is, but for its output")
    func whole() throws {
        var scope = try Prompts.scope()
        scope.form = .wholeRequest
        #expect(try plans(scope).first?.body == scope.body)
    }

    @Test("A model without a price is never warmed")
    func noPrice() throws {
        let reason = refusal(try Prompts.scope(body: Prompts.body(model: "claude-unheard-9")))
        #expect(reason == "no price is known for claude-unheard-9, so it is not warmed; add it to a price file")
    }

    @Test("A policy for another lifetime than the marker's is refused")
    func otherLifetime() throws {
        #expect(refusal(try Prompts.scope(policy: "every:3000s@1h"))?.contains("another lifetime") == true)
    }

    @Test("A prompt without a marker, or surely too short, is refused")
    func useless() throws {
        let unmarked = Array(#"{"model":"claude-sonnet-5-5","system":"Hi","messages":[]}"#.utf8)
        #expect(refusal(try Prompts.scope(body: unmarked))?.contains("no cache_control") == true)
        let short =
            #"{"model":"claude-haiku-4-5","system":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}]}"#
        #expect(refusal(try Prompts.scope(body: Array(short.utf8)))?.contains("4096 tokens") == true)
    }

    @Test("What continues a thread is never sent again")
    func thread() throws {
        let body = Prompts.body(extra: #""thread":{"type":"continue","id":"t"},"#)
        #expect(refusal(try Prompts.scope(body: body))?.contains("thread") == true)
    }

    @Test("A request's own settings multiply its price")
    func modifiers() throws {
        let body = Prompts.body(extra: #""inference_geo":"us","speed":"fast","#)
        #expect(try plans(Prompts.scope(body: body)).first?.target.modifiers == [.inferenceGeoUS, .fast])
    }

    @Test("Beta headers are part of the key, in any order and spelling of the list")
    func betas() throws {
        func key(_ headers: [WarmHeader]) throws -> PrefixKey? {
            var scope = try Prompts.scope()
            scope.headers = headers
            return try plans(scope).first?.key
        }
        let one = try key([WarmHeader("anthropic-beta", "a, b")])
        #expect(try one == key([WarmHeader("Anthropic-Beta", "b"), WarmHeader("anthropic-beta", "a")]))
        #expect(try one != key([]))
    }
}
