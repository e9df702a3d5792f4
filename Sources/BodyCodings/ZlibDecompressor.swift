import CZlib

/// gzip and zlib data alike.
final class ZlibDecompressor: Decompressor {
    private var stream = z_stream()

    init() throws(BodyCodingError) {
        // 32 on top of the window's size finds out whether it is gzip or zlib.
        guard inflateInit2_(&stream, MAX_WBITS + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .noMemory
        }
    }

    deinit { inflateEnd(&stream) }

    func step(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecompressionStep
    {
        // It takes no more than 4 GB at once.
        let input = UnsafeBufferPointer(rebasing: input.prefix(Int(UInt32.max)))
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        let outcome: DecompressionStep.Outcome =
            switch status {
            case Z_STREAM_END: .partEnded
            // It could do nothing for want of input.
            case Z_OK, Z_BUF_ERROR: .goesOn
            default: .isBroken
            }
        return DecompressionStep(
            outcome: outcome, read: input.count - Int(stream.avail_in), written: output.count - Int(stream.avail_out))
    }

    func restart() { inflateReset(&stream) }
}
