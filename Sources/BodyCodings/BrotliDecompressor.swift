import CBrotli

/// Windows of up to 16 MB, which is what RFC 7932 allows.
final class BrotliDecompressor: Decompressor {
    private let state: OpaquePointer

    init() throws(BodyCodingError) {
        guard let state = BrotliDecoderCreateInstance(nil, nil, nil) else { throw .noMemory }
        self.state = state
    }

    deinit { BrotliDecoderDestroyInstance(state) }

    func step(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecompressionStep
    {
        var unread = input.count
        var next = input.baseAddress
        var room = output.count
        var out = output.baseAddress
        let outcome: DecompressionStep.Outcome =
            switch BrotliDecoderDecompressStream(state, &unread, &next, &room, &out, nil) {
            case BROTLI_DECODER_RESULT_SUCCESS: .partEnded
            case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT, BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: .goesOn
            default: .isBroken
            }
        return DecompressionStep(outcome: outcome, read: input.count - unread, written: output.count - room)
    }

    func restart() {}
}
