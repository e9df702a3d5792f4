import OrderedJSON
import PromptCache
import PromptInspection
import SteppedTime
import Testing

@Suite("Whatever the bodies, a diff keeps its word")
struct DiffPropertyTests {
    @Test("A request is the same as itself", arguments: 1...40 as ClosedRange<UInt64>)
    func reflexive(seed: UInt64) throws {
        var generator = BodyGenerator(seed: seed)
        let body = generator.body()
        let found = try diff(body, body)
        #expect(found.isSame && found.firstDifference == nil && found.unseen.isEmpty && found.lost.isEmpty)
    }

    @Test(
        "What both mark survives both ways or neither, and only where the keys are equal",
        arguments: 1...60 as ClosedRange<UInt64>)
    func symmetric(seed: UInt64) throws {
        var generator = BodyGenerator(seed: seed)
        let body = generator.body()
        let one = try request(body)
        let other = try request(
            generator.random.chance(50) ? generator.body() : Self.changed(body, &generator.random).body)
        let context = RequestContext()
        let keys = (Set(one.prefixes(in: context).map(\.key)), Set(other.prefixes(in: context).map(\.key)))
        let common = keys.0.intersection(keys.1)
        let forth = PromptDiff(one, other)
        let back = PromptDiff(other, one)
        #expect(Set(forth.surviving.map(\.key)).intersection(keys.1) == common)
        #expect(Set(back.surviving.map(\.key)).intersection(keys.0) == common)
        #expect(forth.surviving.count + forth.lost.count == keys.0.count)
    }

    @Test("A change at a known path is found there, byte for byte", arguments: 1...80 as ClosedRange<UInt64>)
    func located(seed: UInt64) throws {
        var generator = BodyGenerator(seed: seed)
        let body = generator.body()
        let change = Self.changed(body, &generator.random)
        let found = try diff(body, change.body)
        let first = try #require(found.firstDifference)
        #expect(first.path == change.path)
        #expect(first.offsetA == change.offset && first.offsetB == change.offset)
        let keys = try [body, change.body].map { try request($0).prefixes(in: RequestContext()).map(\.key) }
        #expect(found.isSame == (keys[0] == keys[1] && found.lost.isEmpty && !first.counts))
    }

    /// Puts a letter into some text of a body.
    private static func changed(
        _ body: String, _ random: inout SeededRandom
    ) -> (body: String, path: String, offset: Int) {
        guard let text = try? JSONText(Array(body.utf8)) else { preconditionFailure("generated bodies are JSON") }
        var places: [(path: String, node: JSONNode)] = []
        func elements(_ list: JSONNode?) -> [JSONNode] { list.map { Array($0.elements) } ?? [] }
        func collect(_ list: JSONNode?, _ path: String) {
            for (position, block) in elements(list).enumerated() {
                if let inner = block["text"] { places.append(("\(path).\(position).text", inner)) }
            }
        }
        collect(text.root["system"], "system")
        for (position, message) in elements(text.root["messages"]).enumerated() {
            collect(message["content"], "messages.\(position).content")
        }
        let place = random.pick(places)
        // At its beginning or its end, which no escape spans.
        let offset = random.chance(50) ? place.node.range.lowerBound + 1 : place.node.range.upperBound - 1
        let changed = text.splicing([Splice(offset..<offset, with: "§")])
        return (String(decoding: changed, as: UTF8.self), place.path, offset)
    }
}
