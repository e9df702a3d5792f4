import Testing

@testable import PromptCache

@Suite("A fingerprint")
struct FingerprintTests {
    private func fingerprint(_ pieces: [UInt8]...) -> SIMD2<UInt64> {
        var fingerprint = Fingerprint()
        for piece in pieces { piece.withUnsafeBytes { fingerprint.add($0) } }
        return fingerprint.words
    }

    @Test("is the same for the same pieces, and another for any other, of all lengths that the hash treats apart")
    func different() {
        var seen: Set<SIMD2<UInt64>> = []
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

    @Test("counts the order of pieces, and where they end")
    func pieces() {
        let all = [
            fingerprint([1], [2]), fingerprint([2], [1]), fingerprint([1, 2]), fingerprint([1], [2], []),
            fingerprint([], [1, 2]), fingerprint(),
        ]
        #expect(Set(all).count == all.count)
    }
}
