import CXXHash

/// A running hash that is several times faster than SHA-256, under a secret of this process: it means nothing to anybody
/// else, and nobody outside can look for two texts that have the same one.
///
/// Each piece is hashed by itself, and what comes of it together with what came before: where pieces end counts.
package struct Fingerprint: Sendable {
    private(set) var words: SIMD2<UInt64> = .zero

    package init() {}

    /// Half of it, which is enough to find something by that is looked at then.
    package var half: UInt64 { words[0] }

    package mutating func add(_ piece: UnsafeRawBufferPointer) {
        let own = Self.hash(piece)
        let both = SIMD4(lowHalf: words, highHalf: own)
        words = withUnsafeBytes(of: both) { Self.hash($0) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> SIMD2<UInt64> {
        let hash = secret.withUnsafeBytes { xxh3_128(bytes.baseAddress, bytes.count, $0.baseAddress, $0.count) }
        return SIMD2(hash.low64, hash.high64)
    }

    /// As long as the hash can use.
    private static let secret: [UInt64] = (0..<24).map { _ in .random(in: .min ... .max) }
}
