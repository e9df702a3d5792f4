import Testing

@testable import WarmerService

@Suite("How a body looks")
struct BodyLooksTests {
    private let body = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test(
        "is known for each beginning, whatever comes behind it",
        arguments: [64, 65, 127, 128, 1023, 1024, 4096, 5000])
    func beginnings(count: Int) throws {
        let whole = BodyLooks(body, realm: 1)
        let beginning = BodyLooks(Array(body.prefix(count)), realm: 1)
        #expect(whole.ofBeginnings.starts(with: beginning.ofBeginnings))
        #expect(whole.ofBeginning(upTo: count) == beginning.ofBeginnings.last)
        #expect(whole.ofBeginning(upTo: count) != nil)
    }

    @Test("is nothing for less than 64 bytes")
    func short() {
        #expect(BodyLooks(Array(body.prefix(63)), realm: 1).ofBeginnings.isEmpty)
        #expect(BodyLooks(body, realm: 1).ofBeginning(upTo: 63) == nil)
        #expect(BodyLooks([], realm: 1).ofBeginning(upTo: 0) == nil)
    }

    @Test("changes with any byte of the first kilobyte, from there on", arguments: [0, 63, 64, 200, 700, 1023])
    func change(at place: Int) {
        var other = body
        other[place] ^= 1
        let (before, after) = (BodyLooks(body, realm: 1).ofBeginnings, BodyLooks(other, realm: 1).ofBeginnings)
        for (index, pair) in zip(before, after).enumerated() {
            #expect((pair.0 == pair.1) == (64 << index <= place))
        }
    }

    @Test("is another in another realm")
    func realms() {
        #expect(BodyLooks(body, realm: 1).ofBeginnings.last != BodyLooks(body, realm: 2).ofBeginnings.last)
    }
}
