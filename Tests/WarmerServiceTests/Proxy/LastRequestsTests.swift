import PromptCache
import Testing

@testable import WarmerService

@Suite("The last request of each conversation")
struct LastRequestsTests {
    private static let rules = CacheRules(minimumTokens: 1)

    /// A conversation over a prompt that all share; they part with the first message.
    private func body(_ conversation: Int, turns: Int, messagesFirst: Bool = false) -> [UInt8] {
        let prompt = #""system":"\#(String(repeating: "Be brief. ", count: 400))""#
        let messages = (0..<2 * turns + 1).map { turn in
            #"{"role":"\#(turn.isMultiple(of: 2) ? "user" : "assistant")","content":"\#(conversation), \#(turn)"}"#
        }
        let list = #""messages":[\#(messages.joined(separator: ","))]"#
        let members = messagesFirst ? [list, prompt] : [prompt, list]
        return Array(
            #"{"model":"m","cache_control":{"type":"ephemeral"},\#(members.joined(separator: ","))}"#.utf8)
    }

    private struct Traffic {
        var last: LastRequests
        var conversations = Conversations()

        /// Takes a request in, and tells from which one it was seen to go on.
        mutating func take(_ body: [UInt8], realm: Int = 1) throws -> Continuation? {
            let looks = BodyLooks(body, realm: realm)
            let continuation = last.continuation(by: body, looks)
            let request = try MessagesRequest(body, after: continuation)
            let trail = RememberedTrail(
                request, in: RequestContext(), rules: LastRequestsTests.rules,
                after: continuation ?? last.sharer(of: request, realm: realm))
            let recognition = conversations.arrival(trail.trail, realm: realm)
            last.keep(trail, looks, of: try #require(recognition).id, realm: realm)
            return continuation
        }

        func knows(_ body: [UInt8], realm: Int = 1) -> Bool {
            last.continuation(by: body, BodyLooks(body, realm: realm)) != nil
        }
    }

    @Test("is what the next one goes on from, among others that begin alike", arguments: [false, true])
    func nearest(messagesFirst: Bool) throws {
        var traffic = Traffic(last: LastRequests(mostBytes: 1 << 24))
        for turns in 1..<12 {
            for conversation in 0..<12 {
                let body = body(conversation, turns: turns, messagesFirst: messagesFirst)
                let found = try traffic.take(body)
                guard turns > 1 else { continue }
                let earlier = self.body(conversation, turns: turns - 1, messagesFirst: messagesFirst)
                #expect(found?.earlier.request.bytes == earlier)
            }
        }
    }

    @Test("of another realm is nothing to go on from")
    func realms() throws {
        var traffic = Traffic(last: LastRequests(mostBytes: 1 << 24))
        _ = try traffic.take(body(1, turns: 3), realm: 1)
        #expect(!traffic.knows(body(1, turns: 4), realm: 2))
        #expect(traffic.knows(body(1, turns: 4), realm: 1))
    }

    @Test("goes when there is no room, the one that rested longest first")
    func bounded() throws {
        var traffic = Traffic(last: LastRequests(mostBytes: 100_000))
        for conversation in 0..<20 { _ = try traffic.take(body(conversation, turns: 3)) }
        let known = (0..<20).map { traffic.knows(body($0, turns: 4)) }
        #expect(known.first == false && known.last == true)
        #expect(known == known.sorted { !$0 && $1 })
    }
}
