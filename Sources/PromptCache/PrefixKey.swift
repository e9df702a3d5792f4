import Crypto

/// The identity of a prefix: equal keys mean that the provider shares the cache entry.
///
/// Where that is uncertain the keys differ. What is hashed is described at ``MessagesRequest/prefixes(in:)``; the hash is
/// SHA-256, and the prompt cannot be had back from it.
public struct PrefixKey: Hashable, Sendable {
    /// The hash, 64 hexadecimal digits.
    public let hex: String

    init(_ digest: SHA256.Digest) {
        hex = String(unsafeUninitializedCapacity: 64) { out in
            var at = 0
            for byte in digest {
                for half in [byte >> 4, byte & 0x0F] {
                    out[at] = half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") + half - 10
                    at += 1
                }
            }
            return at
        }
    }
}

extension PrefixKey: CustomStringConvertible {
    public var description: String { hex }
}
