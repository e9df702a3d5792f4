import NIOCore
import NIOHTTP1

/// Reads an upstream's responses. What they answer, and with it whether they have a body, is told it: NIO's own handler
/// would have to see every part of a request on its way out.
struct ResponseDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPClientResponsePart

    private let decoder = HTTPResponseDecoder(informationalResponseStrategy: .forward)

    /// A response to this comes next.
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
