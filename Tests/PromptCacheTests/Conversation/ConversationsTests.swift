import SteppedTime
import Testing

@testable import PromptCache

@Suite("Conversations, recognised by their prefixes")
struct ConversationsTests {
    private static let mark = #","cache_control":{"type":"ephemeral"}"#

    /// A conversation whose last turn bears a marker, as agents send it.
    static func body(_ turns: [String], system: String = "Be brief.", sharedMark: Bool = true) -> String {
        var messages: [String] = []
        for (index, turn) in turns.enumerated() {
            let role = index.isMultiple(of: 2) ? "user" : "assistant"
            let marker = index == turns.count - 1 ? mark : ""
            messages.append(#"{"role":"\#(role)","content":[{"type":"text","text":"\#(turn)"\#(marker)}]}"#)
        }
        let shared = sharedMark ? mark : ""
        return #"{"model":"claude-sonnet-5-5","system":[{"type":"text","text":"\#(system)"\#(shared)}],"messages":["#
            + messages.joined(separator: ",") + "]}"
    }

    private struct Table {
        var conversations = Conversations()

        mutating func arrive(
            _ turns: [String], system: String = "Be brief.", realm: Int = 1, client: String? = nil
        ) throws -> Conversations.Recognition {
            let trail = try request(body(turns, system: system)).trail(
                in: RequestContext(), rules: CacheRules(minimumTokens: 1))
            let found = conversations.arrival(trail, realm: realm, client: client)
            return try #require(found)
        }
    }

    @Test("one that grows stays the same")
    func growth() throws {
        var table = Table()
        let first = try table.arrive(["a"])
        #expect(first.kind == .new)
        let second = try table.arrive(["a", "b", "c"])
        #expect(second.id == first.id && second.kind == .grown)
        let again = try table.arrive(["a", "b", "c"])
        #expect(again.id == first.id && again.kind == .same)
        #expect(table.conversations.count == 1)
    }

    @Test("others over the same prompt are apart, and so are those of other prompts and other workspaces")
    func apart() throws {
        var table = Table()
        let first = try table.arrive(["a"])
        #expect(try table.arrive(["x"]).kind == .new)
        #expect(try table.arrive(["a"], system: "You are a sub-agent.").kind == .new)
        #expect(try table.arrive(["a"], realm: 2).kind == .new)
        #expect(try table.arrive(["a", "b", "c"]).id == first.id)
        #expect(table.conversations.count == 4)
    }

    @Test("one that parts within another is a fork, and both go on")
    func fork() throws {
        var table = Table()
        let first = try table.arrive(["a"])
        _ = try table.arrive(["a", "b", "c"])
        let fork = try table.arrive(["a", "other", "way"])
        #expect(fork.id != first.id && fork.kind == .forked(from: first.id))
        #expect(try table.arrive(["a", "b", "c", "d", "e"]).id == first.id)
        #expect(try table.arrive(["a", "other", "way", "f", "g"]).id == fork.id)
    }

    @Test("what grows by more than a read looks back is lost from sight, and new")
    func lookback() throws {
        var table = Table()
        let turns = (0...60).map { "turn \($0)" }
        let first = try table.arrive(Array(turns[...0]))
        #expect(try table.arrive(Array(turns[...18])).id == first.id)
        #expect(try table.arrive(Array(turns[...40])).kind == .new)
    }

    @Test("a client that holds one conversation at a time has replaced the old one when it begins another")
    func compaction() throws {
        var table = Table()
        let first = try table.arrive(["a"], client: "session 1")
        let other = try table.arrive(["x"], client: "session 2")
        #expect(try table.arrive(["a", "b", "c"], client: "session 1").replaced == [])
        let agent = try table.arrive(["a"], system: "You are a sub-agent.", client: "session 1")
        #expect(agent.replaced == [])
        let compacted = try table.arrive(["summary"], client: "session 1")
        #expect(compacted.kind == .new && compacted.replaced == [first.id])
        #expect(try table.arrive(["x", "y", "z"], client: "session 2") == .init(id: other.id, kind: .grown))
    }

    @Test("requests that end in the prompt itself are one scope, and no turn of a conversation's")
    func shared() throws {
        var table = Table()
        let only =
            #"{"model":"m","system":[{"type":"text","text":"s"\#(Self.mark)}],"messages":[{"role":"user","content":"X"}]}"#
        func arrive(_ text: String) throws -> Conversations.Recognition {
            let trail = try request(only.replacing("X", with: text)).trail(
                in: RequestContext(), rules: CacheRules(minimumTokens: 1))
            let found = table.conversations.arrival(trail, realm: 1)
            return try #require(found)
        }
        let first = try arrive("one")
        #expect(try arrive("two") == .init(id: first.id, kind: .same))
    }

    @Test("those that rested longest are forgotten first, and their number stays bounded")
    func bounds() throws {
        var conversations = Conversations(capacity: 50)
        var forgotten: [Conversations.ID] = []
        var random = SeededRandom(seed: 1)
        for _ in 0..<500 {
            let turn = "\(Int.random(in: 0..<1000, using: &random))"
            let trail = try request(Self.body([turn])).trail(in: RequestContext(), rules: CacheRules(minimumTokens: 1))
            forgotten += conversations.arrival(trail, realm: 1)?.forgotten ?? []
            #expect(conversations.count <= 50)
        }
        #expect(Set(forgotten).count == forgotten.count && !forgotten.isEmpty)
    }
}
