import CZlib

/// How the body of a request or a response is compressed, by its `content-encoding`.
public enum BodyCoding: String, Sendable, CaseIterable {
    case gzip, deflate

    /// The coding of a `content-encoding` header; nil for none.
    ///
    /// - Throws: ``BodyCodingError`` for a coding that is not known, or several on top of each other.
    public static func named(_ header: String?) throws(BodyCodingError) -> BodyCoding? {
        guard let name = header?.lowercased().filter({ $0 != " " }), !name.isEmpty, name != "identity" else {
            return nil
        }
        if name == "x-gzip" { return .gzip }
        guard let coding = BodyCoding(rawValue: name) else {
            throw BodyCodingError(reason: "content-encoding \(name) is not supported; use gzip, deflate or none")
        }
        return coding
    }

    /// The body as it was before it was compressed.
    ///
    /// - Parameter limit: the most bytes that may come out, so that a small body cannot become a huge one.
    /// - Throws: ``BodyCodingError`` for what is not compressed this way, is cut off, or is too large.
    public func decoded(_ bytes: [UInt8], limit: Int) throws(BodyCodingError) -> [UInt8] {
        var stream = z_stream()
        // 32 on top of the window's size finds out whether it is gzip or zlib.
        guard inflateInit2_(&stream, MAX_WBITS + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw BodyCodingError(reason: "no memory to decompress with")
        }
        defer { inflateEnd(&stream) }
        var input = bytes
        var out: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let status: Int32 = input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while true {
                let status = chunk.withUnsafeMutableBufferPointer { chunk in
                    stream.next_out = chunk.baseAddress
                    stream.avail_out = UInt32(chunk.count)
                    return inflate(&stream, Z_NO_FLUSH)
                }
                out += chunk[..<(chunk.count - Int(stream.avail_out))]
                if status != Z_OK || out.count > limit { return status }
            }
        }
        guard out.count <= limit else {
            throw BodyCodingError(reason: "becomes more than \(limit) bytes", isTooLarge: true)
        }
        guard status == Z_STREAM_END else { throw BodyCodingError(reason: "is no whole \(rawValue) body") }
        return out
    }
}

/// Why a body cannot be decompressed.
public struct BodyCodingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var reason: String
    /// Whether it would become larger than allowed.
    public var isTooLarge = false
    public var description: String { reason }
}
