import Testing

@testable import WarmerService

@Suite("A fingerprint")
struct FingerprintTests {
    private func fingerprint(_ piece: [UInt8]) -> Fingerprint { piece.withUnsafeBytes { Fingerprint(of: $0) } }

    @Test("is the same for the same pieces, and another for any other, of all lengths that the hash treats apart")
    func different() {
        var seen: Set<Fingerprint> = []
        let lengths = Array(0...300) + [1000, 1024, 1025, 4096, 10_000]
        for length in lengths {
            let piece = [UInt8](repeating: 7, count: length)
            #expect(fingerprint(piece) == fingerprint(piece))
            seen.insert(fingerprint(piece))
            for place in Set([0, length / 2, length - 1]) where length > 0 {
                var other = piece
                other[place] ^= 1
                seen.insert(fingerprint(other))
            }
        }
        let changed = lengths.map { $0 == 0 ? 0 : Set([0, $0 / 2, $0 - 1]).count }.reduce(0, +)
        #expect(seen.count == lengths.count + changed)
    }

    @Test("that is followed by another is neither of them, nor the other followed by it")
    func followed() {
        let (one, other) = (fingerprint([1]), fingerprint([2]))
        let all = [one, other, one.followed(by: other), other.followed(by: one), one.followed(by: one)]
        #expect(Set(all).count == all.count)
        #expect(one.followed(by: other) == fingerprint([1]).followed(by: fingerprint([2])))
    }
}
