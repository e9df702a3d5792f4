import CZstandard

final class ZstandardDecompressor: Decompressor {
    private let stream: OpaquePointer
    /// 8 MB: no more is allowed on the web (RFC 9659), and a header could ask for gigabytes.
    private static let largestWindow: Int32 = 23

    init() throws(BodyCodingError) {
        guard let stream = ZSTD_createDStream() else { throw .noMemory }
        self.stream = stream
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.largestWindow)
    }

    deinit { ZSTD_freeDStream(stream) }

    func step(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecompressionStep
    {
        var from = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let hint = ZSTD_decompressStream(stream, &to, &from)
        let outcome: DecompressionStep.Outcome =
            ZSTD_isError(hint) != 0 ? .isBroken : hint == 0 ? .partEnded : .goesOn
        return DecompressionStep(outcome: outcome, read: from.pos, written: to.pos)
    }

    /// The next frame begins by itself.
    func restart() {}
}
