import OrderedJSON
import SteppedTime
import Testing

@testable import PromptCache

@Suite("A trail that is remembered")
struct RememberedTrailTests {
    private static let rules = CacheRules(minimumTokens: 1)

    /// Conversations that grow, with markers that move, and now and then something changed within.
    private struct Writer {
        var random: SeededRandom
        var messages: [String] = []
        var system = "s"
        var tools = ""

        mutating func next() -> String {
            let mark = #","cache_control":{"type":"ephemeral"}"#
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let role = messages.count.isMultiple(of: 2) ? "user" : "assistant"
                let count = Int.random(in: 1...3, using: &random)
                let blocks = (0..<count).map { _ in
                    #"{"type":"text","text":"\#(UInt32.random(in: 0...9999, using: &random))"}"#
                }
                let content = #""content":[\#(blocks.joined(separator: ","))]"#
                messages.append(
                    Bool.random(using: &random)
                        ? #"{"role":"\#(role)",\#(content)}"# : #"{\#(content),"role":"\#(role)"}"#)
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0: system += "s"
            case 1: tools = #""tools":[{"name":"t\#(messages.count)","input_schema":{}}],"#
            case 2:
                let index = Int.random(in: 0..<messages.count, using: &random)
                messages[index] = messages[index].replacing("text\":\"", with: "text\":\"x")
            case 3: messages.removeFirst(min(2, messages.count - 1))
            default: break
            }
            var marked = messages
            for index in [marked.count - 1, marked.count - 3] where index >= 0 {
                let end = marked[index].lastIndex(of: "}")!
                guard let block = marked[index][..<end].lastIndex(of: "}") else { continue }
                marked[index].insert(contentsOf: mark, at: block)
            }
            return #"{"messages":[\#(marked.joined(separator: ","))],"model":"m",\#(tools)"system":"\#(system)"}"#
        }
    }

    @Test("is the same as one from scratch, whatever has changed since", arguments: 0..<60)
    func same(_ seed: UInt64) throws {
        var writer = Writer(random: SeededRandom(seed: seed))
        var memory: RememberedTrail?
        for _ in 0..<25 {
            let request = try request(writer.next())
            let next = RememberedTrail(
                request, in: RequestContext(), rules: Self.rules, after: memory.map(Continuation.init(after:)))
            #expect(next.trail == request.trail(in: RequestContext(), rules: Self.rules))
            #expect(next.trail.prefixes == request.prefixes(in: RequestContext()))
            memory = next
        }
    }

    @Test("is the same where the body was only read from where it parts from the one before", arguments: 0..<60)
    func continued(_ seed: UInt64) throws {
        var writer = Writer(random: SeededRandom(seed: seed))
        var memory: RememberedTrail?
        var continued = 0
        for _ in 0..<25 {
            let body = Array(writer.next().utf8)
            let fresh = try MessagesRequest(body)
            let continuation = memory?.continuation(by: body)
            if continuation != nil { continued += 1 }
            let request = try MessagesRequest(body, after: continuation)
            #expect(request.blocks.map(\.path) == fresh.blocks.map(\.path))
            #expect(request.blocks.map(\.node.range) == fresh.blocks.map(\.node.range))
            #expect(request.blocks.map(\.traits) == fresh.blocks.map(\.traits))
            #expect(request.blocks.flatMap(\.markers).map(\.range) == fresh.blocks.flatMap(\.markers).map(\.range))
            #expect(request.breakpoints == fresh.breakpoints)
            let next = RememberedTrail(request, in: RequestContext(), rules: Self.rules, after: continuation)
            #expect(next.trail == fresh.trail(in: RequestContext(), rules: Self.rules))
            memory = next
        }
        #expect(continued > 5, "of 25 only \(continued) went on from the one before")
    }

    @Test("lets go where a message in the middle is another, though the end looks the same")
    func middle() throws {
        func body(_ middle: String) -> String {
            let many = (0..<6).map { #"{"role":"user","content":"\#($0 == 1 ? middle : "some")"}"# }
            return #"{"model":"m","messages":[\#(many.joined(separator: ","))],"cache_control":{"type":"ephemeral"}}"#
        }
        let earlier = RememberedTrail(try request(body("one")), in: RequestContext(), rules: Self.rules)
        #expect(earlier.continuation(by: Array(body("two").utf8)) == nil)
        #expect(earlier.continuation(by: Array(body("one").utf8)) != nil)
    }
}
