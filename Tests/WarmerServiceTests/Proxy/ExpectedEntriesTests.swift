import PromptCache
import Testing
import WarmingPolicies

@testable import WarmerService

@Suite("Entries that should be in the cache")
struct ExpectedEntriesTests {
    private static let rules = CacheRules(minimumTokens: 1)

    private func trail(_ text: String) throws -> PrefixTrail {
        let message = #"{"role":"user","content":"\#(text)"}"#
        let body = #"{"model":"m","messages":[\#(message)],"cache_control":{"type":"ephemeral"}}"#
        return try MessagesRequest(Array(body.utf8)).trail(in: RequestContext(), rules: Self.rules)
    }

    @Test("at least half as many as may be are remembered, those written last, and no more than may be")
    func bounded() throws {
        var entries = ExpectedEntries(capacity: 40)
        let trails = try (0..<200).map { try trail("text \($0)") }
        for (index, trail) in trails.enumerated() {
            entries.arrived(trail, realm: 1, at: .distantPast, cached: index, rules: Self.rules)
            // One that is asked for again and again stays.
            entries.arrived(trails[0], realm: 1, at: .distantPast, cached: 0, rules: Self.rules)
        }
        let known = trails.map { entries.expectation(for: $0, realm: 1, at: .distantPast).alive?.tokens }
        #expect(known[0] == 0)
        #expect(Array(known.suffix(20)) == Array(180..<200))
        #expect(known.count { $0 != nil } <= 41)
    }
}
