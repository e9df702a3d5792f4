import CachePrices
import OrderedJSON
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Testing

@testable import WarmerService

@Suite("The gate before cold prompts", .timeLimit(.minutes(10)))
struct ProxyGateTests {
    private static let long = String(repeating: Prompts.book, count: 5)

    /// That each would write without it is shown with real clients, in Tests/Python.
    @Test("fifty at once: one writes and the others read")
    func fifty() async throws {
        let bill = try await RunningProxy.run(gate: true, latency: .usual) { proxy in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...50 {
                    group.addTask {
                        try await proxy.post(Talk.body(["same"], system: Self.long, more: #","stream":true"#)).status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
        #expect(bill.firstSights == 1 && bill.hits == 49 && bill.coldStartCount == 0)
    }

    @Test("one goes ahead, the others follow, and what they do not share they write one after the other")
    func machine() throws {
        func place(_ body: String) throws -> PrefixPlace {
            let request = try MessagesRequest(Array(body.utf8))
            let trail = request.trail(in: RequestContext(), rules: CacheRules(minimumTokens: 1))
            return PrefixPlace(realm: 1, key: try #require(trail.last).key)
        }
        func system(_ text: String) -> String {
            #"{"model":"m","system":[{"type":"text","text":"\#(text)","cache_control":{"type":"ephemeral"}}]}"#
        }
        let shared = try place(system("shared"))
        let own = try place(system("own"))
        var gate = ColdGate()
        #expect(gate.arrived(1, cold: [shared]) == .go)
        #expect(gate.arrived(2, cold: [shared, own]) == .wait)
        #expect(gate.arrived(3, cold: [shared, own]) == .wait)
        #expect(gate.arrived(4, cold: []) == .go)
        #expect(gate.released(by: 4) == [])
        #expect(gate.released(by: 1) == [2, 3])
        #expect(gate.arrived(2, cold: [own]) == .go)
        #expect(gate.arrived(3, cold: [own]) == .wait)
        #expect(gate.released(by: 2) == [3])
        #expect(gate.released(by: 2) == [])
    }
}
