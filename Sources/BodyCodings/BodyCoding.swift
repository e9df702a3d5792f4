/// How the body of a request or a response is compressed, by its `content-encoding`.
public enum BodyCoding: String, Sendable, CaseIterable {
    case gzip, deflate
    case brotli = "br"
    case zstandard = "zstd"

    /// The coding of a `content-encoding` header; nil for none.
    ///
    /// - Throws: ``BodyCodingError`` for a coding that is not known, or several on top of each other.
    public static func named(_ header: String?) throws(BodyCodingError) -> BodyCoding? {
        guard let name = header?.lowercased().filter({ $0 != " " }), !name.isEmpty, name != "identity" else {
            return nil
        }
        if name == "x-gzip" { return .gzip }
        guard let coding = BodyCoding(rawValue: name) else {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            throw BodyCodingError(reason: "content-encoding \(name) is not supported; use \(known) or none")
        }
        return coding
    }

    /// The body as it was before it was compressed.
    ///
    /// - Parameter limit: the most bytes that may come out, so that a small body cannot become a huge one.
    /// - Throws: ``BodyCodingError`` for what is not compressed this way, is cut off, or is too large.
    public func decoded(_ bytes: [UInt8], limit: Int) throws(BodyCodingError) -> [UInt8] {
        let decoder = try BodyDecoder(self, limit: limit)
        var out: [UInt8] = []
        decoder.take(bytes)
        while let more = try decoder.next() { out += more }
        try decoder.finish()
        return out
    }

    /// Whether a body may have several parts behind each other: members of gzip, frames of zstd.
    var hasParts: Bool { self == .gzip || self == .zstandard }

    func makeDecompressor() throws(BodyCodingError) -> any Decompressor {
        switch self {
        case .gzip, .deflate: try ZlibDecompressor()
        case .brotli: try BrotliDecompressor()
        case .zstandard: try ZstandardDecompressor()
        }
    }
}

/// Why a body cannot be decompressed.
public struct BodyCodingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var reason: String
    /// Whether it would become larger than allowed.
    public var isTooLarge = false
    public var description: String { reason }

    static let noMemory = BodyCodingError(reason: "no memory to decompress with")
}
