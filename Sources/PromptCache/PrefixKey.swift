import Crypto

/// The identity of a prefix: equal keys mean that the provider shares the cache entry.
///
/// Where that is uncertain the keys differ. What is hashed is described at ``MessagesRequest/prefixes(in:)``; the hash is
/// SHA-256, and the prompt cannot be had back from it.
public struct PrefixKey: Hashable, Sendable {
    /// The hash, 64 hexadecimal digits.
    public let hex: String

    init(_ digest: SHA256.Digest) {
        let digits = Array("0123456789abcdef".utf8)
        hex = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }, as: UTF8.self)
    }
}

extension PrefixKey: CustomStringConvertible {
    public var description: String { hex }
}
