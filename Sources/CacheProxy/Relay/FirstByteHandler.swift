import NIOCore

/// Tells the client's handler that bytes have come, before they make up anything: whoever begins a request has to finish
/// its headers in time.
final class FirstByteHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let client: ClientHandler

    init(_ client: ClientHandler) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.bytesHaveCome()
        context.fireChannelRead(data)
    }
}
