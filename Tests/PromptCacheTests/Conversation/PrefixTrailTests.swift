import Testing

@testable import PromptCache

@Suite("Where a request is looked for")
struct PrefixTrailTests {
    private static let rules = CacheRules(minimumTokens: 1)

    @Test("the prefixes are those of the request, and each walk begins with its own")
    func agreesWithPrefixes() throws {
        for body in [ConversationsTests.body(["a", "b", "c"]), ConversationsTests.body(["a"], sharedMark: false)] {
            let request = try request(body)
            let trail = request.trail(in: RequestContext(), rules: Self.rules)
            #expect(trail.prefixes == request.prefixes(in: RequestContext()))
            #expect(trail.walks.map(\.first) == trail.prefixes.map(\.key))
        }
    }

    @Test("a walk counts its breakpoint, and goes back twenty positions at most")
    func length() throws {
        let turns = (0...40).map { "\($0)" }
        let trail = try request(ConversationsTests.body(turns)).trail(in: RequestContext(), rules: Self.rules)
        #expect(trail.walks.map(\.count) == [1, 20])
    }

    @Test("a run of calls is one position, and so is a run of results")
    func runs() throws {
        func conversation(_ calls: Int, _ mark: String) -> String {
            let uses = (0..<calls).map { #"{"type":"tool_use","id":"t\#($0)","name":"n","input":{}}"# }
            let results = (0..<calls).map { #"{"type":"tool_result","tool_use_id":"t\#($0)","content":"r"}"# }
            return #"{"model":"m","messages":[{"role":"user","content":"go"},{"role":"assistant","content":["#
                + uses.joined(separator: ",") + #"]},{"role":"user","content":["# + results.joined(separator: ",")
                + #",{"type":"text","text":"and"\#(mark)}]}]}"#
        }
        let mark = #","cache_control":{"type":"ephemeral"}"#
        for calls in [1, 5, 30] {
            let trail = try request(conversation(calls, mark)).trail(in: RequestContext(), rules: Self.rules)
            #expect(trail.walks.map(\.count) == [4])
        }
    }

    @Test("the longest that is known is found, the nearest to the last breakpoint first")
    func longest() throws {
        let old = try request(ConversationsTests.body(["a", "b", "c"])).trail(in: RequestContext(), rules: Self.rules)
        let new = try request(ConversationsTests.body(["a", "b", "c", "d", "e"])).trail(
            in: RequestContext(), rules: Self.rules)
        let known = Set(old.prefixes.map(\.key))
        let match = new.longestMatch { known.contains($0) }
        #expect(match?.key == old.last?.key && match?.positionsBack == 2)
        #expect(new.longestMatch { _ in false } == nil)
    }

    @Test("earlier turns are named back to the one that is known, and are those that their own requests had")
    func earlierTurns() throws {
        let turns = try [1, 3, 5, 7].map { count in
            try request(ConversationsTests.body((0..<count).map { "turn \($0)" }))
        }
        let trails = turns.map { $0.trail(in: RequestContext(), rules: Self.rules) }
        let keys = trails.compactMap(\.last?.key)
        #expect(turns[3].earlierTurns(trails[3]) == [keys[2], keys[1], keys[0]])
        #expect(turns[3].earlierTurns(trails[3], after: [keys[1]]) == [keys[2]])
        #expect(turns[3].earlierTurns(trails[3], after: [keys[2]]).isEmpty)
        #expect(turns[3].earlierTurns(trails[3], after: [keys[3]]).isEmpty)
        #expect(turns[0].earlierTurns(trails[0]).isEmpty)
    }
}
