import Crypto
import SteppedTime
import Testing

@testable import PromptCache

@Suite("A table of prefixes")
struct PrefixTableTests {
    private func place(_ number: Int, realm: Int = 1) -> PrefixPlace {
        PrefixPlace(realm: realm, key: PrefixKey(SHA256.hash(data: withUnsafeBytes(of: number) { Array($0) })))
    }

    @Test("holds what a dictionary would hold, however often it is written to and emptied")
    func same() {
        var random = SeededRandom(seed: 1)
        var table = PrefixTable<Int>()
        var dictionary: [PrefixPlace: Int] = [:]
        for step in 0..<20_000 {
            let place = place(Int.random(in: 0..<3000, using: &random), realm: Int.random(in: 0...1, using: &random))
            let value = random.chance(40) ? nil : step
            table[place] = value
            dictionary[place] = value
            #expect(table.count == dictionary.count)
            let other = self.place(Int.random(in: 0..<6000, using: &random))
            #expect(table[other] == dictionary[other])
        }
        for (place, value) in dictionary { #expect(table[place] == value) }
    }

    @Test("says of a trail at a glance that nothing of it is there, and never where something is")
    func glance() {
        var table = PrefixTable<Int>()
        for number in 0..<5000 { table[place(number)] = number }
        func trail(_ numbers: Range<Int>) -> PrefixTrail {
            let keys = numbers.map { place($0).key }
            return PrefixTrail(prefixes: [], keys: keys, ends: [keys.count])
        }
        for number in stride(from: 0, to: 5000, by: 17) {
            #expect(table.mayHold(anyOf: trail(4999 - number..<5009 - number)))
        }
        let inVain = (0..<5000).count { table.mayHold(anyOf: trail($0 + 6000..<$0 + 6001)) }
        #expect(inVain < 250, "\(inVain) of 5000 strangers looked known")
        #expect(!table.mayHold(anyOf: trail(0..<0)))
    }

    @Test("of one realm says nothing of another")
    func realms() {
        var table = PrefixTable<String>()
        table[place(1, realm: 1)] = "one"
        #expect(table[place(1, realm: 2)] == nil)
    }
}
