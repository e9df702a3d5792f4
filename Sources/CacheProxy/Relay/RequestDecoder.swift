import NIOCore
import NIOHTTP1

/// Reads a client's requests, and tells its handler that bytes have come before they make up anything: whoever begins a
/// request has to finish its headers in time.
struct RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    private let decoder: HTTPRequestDecoder
    private let client: ClientHandler

    init(_ limits: ProxyConfiguration.Limits, for client: ClientHandler) {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.headers
        decoding.maxHeaderListSize = limits.headers
        decoder = HTTPRequestDecoder(limitConfiguration: decoding)
        self.client = client
    }

    func decoderAdded(context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

    func decoderRemoved(context: ChannelHandlerContext) { decoder.decoderRemoved(context: context) }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        client.bytesHaveCome()
        return try decoder.decode(context: context, buffer: &buffer)
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }
}
