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
        let messagesFirst: Bool
        let isAutomatic: Bool
        let space: String

        init(seed: UInt64) {
            random = SeededRandom(seed: seed)
            messagesFirst = random.chance(50)
            isAutomatic = random.chance(30)
            space = random.chance(30) ? " " : ""
        }

        private mutating func number() -> UInt32 { UInt32.random(in: 0...9999, using: &random) }

        private mutating func block() -> String {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: #"{"type":"tool_use","id":"t\#(number())","name":"f","input":{"a":\#(number())}}"#
            case 1:
                #"{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"\#(number())"}]}"#
            case 2: #"{"type":"text","text":"\u00e9 \n\#(number())"}"#
            case 3, 4:
                #"{"type":"text","text":"\#(String(repeating: "\(number()) ", count: Int.random(in: 1...400, using: &random)))"}"#
            default: #"{"type":"text","text":"\#(number())"}"#
            }
        }

        private mutating func content() -> String {
            if random.chance(10) { return "[]" }
            if random.chance(20) { return #""\#(number())""# }
            let blocks = (0..<Int.random(in: 1...3, using: &random)).map { _ in block() }
            return "[\(blocks.joined(separator: ",\(space)"))]"
        }

        mutating func next() -> String {
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let role = messages.count.isMultiple(of: 2) ? "user" : "assistant"
                let content = #""content":\#(space)\#(content())"#
                messages.append(
                    Bool.random(using: &random)
                        ? #"{"role":"\#(role)",\#(content)}"# : #"{\#(content),"role":"\#(role)"}"#)
            }
            switch Int.random(in: 0..<14, using: &random) {
            case 0: system += "s"
            case 1: tools = #""tools":[{"name":"t\#(messages.count)","input_schema":{}}],"#
            case 2:
                let index = Int.random(in: 0..<messages.count, using: &random)
                messages[index] = messages[index].replacing("text\":\"", with: "text\":\"x")
            case 3: messages.removeFirst(min(2, messages.count - 1))
            default: break
            }
            let mark = #","cache_control":{"type":"ephemeral"}"#
            var marked = messages
            for index in [marked.count - 1, marked.count - 3] where index >= 0 && !isAutomatic {
                // At the end of a block; within a result, at the end of what is in it.
                let end = marked[index].lastIndex(of: "}")!
                let isNested = random.chance(30)
                let place = isNested ? marked[index].firstRange(of: "\"}]}")?.lowerBound : nil
                guard
                    let block = place.map({ marked[index].index(after: $0) })
                        ?? marked[index][..<end].lastIndex(of: "}")
                else { continue }
                marked[index].insert(contentsOf: mark, at: block)
            }
            let list = #""messages":[\#(marked.joined(separator: ",\(space)"))]"#
            let base = #"\#(tools)"system":[{"type":"text","text":"\#(system)"\#(isAutomatic ? "" : mark)}]"#
            let members = messagesFirst ? [list, base] : [base, list]
            return #"{"model":"m",\#(members.joined(separator: ","))\#(isAutomatic ? mark : "")}"#
        }
    }

    @Test("is the same as one from scratch, whatever has changed since", arguments: 0..<60)
    func same(_ seed: UInt64) throws {
        var writer = Writer(seed: seed)
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

    @Test("tells the same prefixes apart by passing keys as by lasting ones", arguments: 0..<60)
    func passing(_ seed: UInt64) throws {
        var writer = Writer(seed: seed)
        var memory: RememberedTrail?
        var passing: [PrefixKey: PrefixKey] = [:]
        for _ in 0..<25 {
            let body = Array(writer.next().utf8)
            let continuation = memory?.continuation(by: body) ?? memory.map(Continuation.init(after:))
            let request = try MessagesRequest(body, after: continuation)
            let context = RequestContext(betas: writer.random.chance(90) ? [] : ["other"])
            let next = RememberedTrail(
                request, in: context, rules: Self.rules, keys: .passingInTests, after: continuation)
            let lasting = request.trail(in: context, rules: Self.rules)
            #expect(next.trail.prefixes.map(\.size) == lasting.prefixes.map(\.size))
            #expect(next.trail.walks.map(\.count) == lasting.walks.map(\.count))
            for (key, other) in zip(lasting.keys, next.trail.keys) {
                #expect(passing[key] ?? other == other, "the same prefix, another key")
                passing[key] = other
            }
            memory = next
        }
        #expect(Set(passing.values).count == passing.count, "another prefix, the same key")
    }

    @Test("is the same where the body was only read from where it parts from the one before", arguments: 0..<60)
    func continued(_ seed: UInt64) throws {
        var writer = Writer(seed: seed)
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
            let context = RequestContext(betas: writer.random.chance(90) ? [] : ["other"])
            let next = RememberedTrail(request, in: context, rules: Self.rules, after: continuation)
            #expect(next.trail == fresh.trail(in: context, rules: Self.rules))
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

    @Test("has the keys of all its prefixes, however many there are")
    func many() throws {
        let tools = (0..<300).map { #"{"name":"t\#($0)","cache_control":{"type":"ephemeral"}}"# }
        let request = try request(#"{"model":"m","tools":[\#(tools.joined(separator: ","))]}"#)
        let trail = request.trail(in: RequestContext(), rules: Self.rules)
        let prefixes = request.prefixes(in: RequestContext())
        #expect(trail.prefixes == prefixes)
        for (index, walk) in trail.walks.enumerated() {
            #expect(walk == prefixes[...index].suffix(Self.rules.lookback).reversed().map(\.key))
        }
    }
}
