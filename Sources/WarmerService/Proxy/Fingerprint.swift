import CXXHash
import PromptCache

/// A hash that is several times faster than SHA-256, under a secret of this process: it means nothing to anybody else. It is
/// no cryptographic one; what has the same may at worst be taken for the same within one workspace.
struct Fingerprint: Hashable, Sendable {
    let words: SIMD2<UInt64>

    init(of bytes: UnsafeRawBufferPointer) {
        let hash = Self.secret.withUnsafeBytes { xxh3_128(bytes.baseAddress, bytes.count, $0.baseAddress, $0.count) }
        words = SIMD2(hash.low64, hash.high64)
    }

    /// Of what has this one and something that comes behind it.
    func followed(by other: Fingerprint) -> Fingerprint {
        withUnsafeBytes(of: SIMD4(lowHalf: words, highHalf: other.words)) { Fingerprint(of: $0) }
    }

    /// Half of it, which is enough to find something by that is looked at then.
    var half: UInt64 { words[0] }

    /// Keys that are made of them.
    static let keys = PrefixKey.Kind.passing { Fingerprint(of: $0).words }

    /// As long as the hash's own.
    private static let secret: [UInt64] = (0..<24).map { _ in .random(in: .min ... .max) }
}
