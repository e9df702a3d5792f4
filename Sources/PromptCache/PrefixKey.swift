import Crypto

/// The identity of a prefix: equal keys mean that the provider shares the cache entry.
///
/// Where that is uncertain the keys differ. What is hashed is described at ``MessagesRequest/prefixes(in:)``; the hash of
/// every key that leaves the process is SHA-256, and the prompt cannot be had back from it.
public struct PrefixKey: Hashable, Sendable {
    /// The 32 bytes of the hash, in four words: a warmer keeps a hundred thousand of these. Passing keys have two.
    private let words: SIMD4<UInt64>

    init(_ digest: SHA256.Digest) {
        words = digest.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 {
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
            return SIMD4(word(0), word(1), word(2), word(3))
        }
    }

    init(passing hash: SIMD2<UInt64>) { words = SIMD4(lowHalf: hash, highHalf: .zero) }

    /// How keys are made. Those of one kind say nothing to those of the other.
    package enum Kind: Sendable {
        /// By SHA-256, as everybody else makes them.
        case lasting
        /// By a faster hash of one's own: for what is neither written down, nor told to anybody, nor spent on.
        case passing(by: Hash)

        package typealias Hash = @Sendable (UnsafeRawBufferPointer) -> SIMD2<UInt64>
    }

    /// The hash, 64 hexadecimal digits.
    public var hex: String {
        (0..<4).map { index in
            let digits = String(words[index], radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

extension PrefixKey {
    /// A quarter of a hash is hash enough.
    public func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }

    /// Another quarter, as it is.
    var bits: UInt64 { words[1] }
}

extension PrefixKey: CustomStringConvertible {
    public var description: String { hex }
}
