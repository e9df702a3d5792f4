import NIOCore
import NIOHTTP1

/// Reads an upstream's responses. It is told what each will answer, since that decides whether it has a body; NIO's
/// decoder by itself would have to see every part of every request on its way out.
struct ResponseDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPClientResponsePart

    private let decoder = HTTPResponseDecoder(informationalResponseStrategy: .forward)

    /// What comes next answers this.
    func expect(answerTo head: HTTPRequestHead) { decoder.write(data: .head(head)) }

    func decoderAdded(context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

    func decoderRemoved(context: ChannelHandlerContext) { decoder.decoderRemoved(context: context) }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        try decoder.decode(context: context, buffer: &buffer)
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }
}
