import CZlib

/// Decompresses gzip or zlib data that comes in pieces, with no more of it in memory than a piece.
///
/// For the user's own files: unlike ``BodyCoding/decoded(_:limit:)`` it sets no bound on what comes out.
public final class Inflater {
    private var stream = z_stream()
    private var chunk = [UInt8](repeating: 0, count: 1 << 17)
    /// Whether a member has ended and no other has begun.
    private var isBetweenMembers = true

    /// - Throws: ``BodyCodingError`` where there is no memory.
    public init() throws(BodyCodingError) {
        // 32 on top of the window's size finds out whether it is gzip or zlib.
        guard inflateInit2_(&stream, MAX_WBITS + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw BodyCodingError(reason: "no memory to decompress with")
        }
    }

    deinit { inflateEnd(&stream) }

    /// Passes on what the next piece decompresses to. A file may have several members, one behind the other.
    ///
    /// - Throws: ``BodyCodingError`` for what is not compressed this way, and whatever `body` throws.
    public func inflate(_ piece: [UInt8], _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var piece = piece
        try piece.withUnsafeMutableBufferPointer { piece in
            stream.next_in = piece.baseAddress
            stream.avail_in = UInt32(piece.count)
            while stream.avail_in > 0 {
                if isBetweenMembers, inflateReset(&stream) != Z_OK {
                    throw BodyCodingError(reason: "no memory to decompress with")
                }
                let (status, count) = step()
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                    throw BodyCodingError(reason: "is no whole gzip file")
                }
                isBetweenMembers = status == Z_STREAM_END
                try body(chunk[..<count])
                if status == Z_BUF_ERROR, count == 0 { break }
            }
        }
    }

    /// - Throws: ``BodyCodingError`` if the data ended within a member.
    public func finish() throws(BodyCodingError) {
        guard isBetweenMembers else { throw BodyCodingError(reason: "is cut off") }
    }

    private func step() -> (status: Int32, count: Int) {
        chunk.withUnsafeMutableBufferPointer { chunk in
            stream.next_out = chunk.baseAddress
            stream.avail_out = UInt32(chunk.count)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            return (status, chunk.count - Int(stream.avail_out))
        }
    }
}
