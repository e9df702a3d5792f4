import CXXHash

/// A hash that is several times faster than SHA-256, under a secret of this process: it means nothing to anybody else, and
/// nobody outside can look for two texts that have the same one.
package struct Fingerprint: Hashable, Sendable {
    let words: SIMD2<UInt64>

    /// Of nothing.
    init() { words = .zero }

    package init(of bytes: UnsafeRawBufferPointer) {
        let hash = Self.secret.withUnsafeBytes { xxh3_128(bytes.baseAddress, bytes.count, $0.baseAddress, $0.count) }
        words = SIMD2(hash.low64, hash.high64)
    }

    /// Of what has this one and something that comes behind it.
    package func followed(by other: Fingerprint) -> Fingerprint {
        withUnsafeBytes(of: SIMD4(lowHalf: words, highHalf: other.words)) { Fingerprint(of: $0) }
    }

    /// Half of it, which is enough to find something by that is looked at then.
    package var half: UInt64 { words[0] }

    /// As long as the hash can use.
    private static let secret: [UInt64] = (0..<24).map { _ in .random(in: .min ... .max) }
}
