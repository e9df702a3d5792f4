import NIOCore
import NIOPosix

/// A provider that thinks about nothing: it takes a request to its end, then says always the same.
///
/// A request with `x-events: N` gets so many events instead, 200 ms apart; the first bears the time at which it was sent.
/// Only bodies with a content-length are read.
final class ConstantUpstream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var head = ByteBuffer()
    /// Bytes of a body that are still to come; nil within a head.
    private var left: Int?
    private var events = 0

    private static let usage =
        #"{"input_tokens":12,"cache_creation_input_tokens":310,"cache_read_input_tokens":14800,"output_tokens":90}"#
    private static let answer = whole(
        #"{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5-5","content":[{"type":"text","text":""#
            + String(repeating: "word ", count: 80)
            + #""}],"stop_reason":"end_turn","stop_sequence":null,"usage":\#(usage)}"#)
    private static let streamHead = ByteBuffer(
        string: "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")

    private static func whole(_ body: String) -> ByteBuffer {
        ByteBuffer(
            string:
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    /// - Returns: the port.
    static func start(port: Int) async throws -> Int {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 256 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConstantUpstream())
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return channel.localAddress?.port ?? port
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if left == nil {
            head.writeBuffer(&bytes)
            guard let size = head.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return }
            let text = String(buffer: head.readSlice(length: size - head.readerIndex)!).lowercased()
            left = number("content-length", in: text) ?? 0
            events = number("x-events", in: text) ?? 0
            swap(&bytes, &head)
            head.clear()
        }
        left! -= bytes.readableBytes
        guard left! <= 0 else { return }
        left = nil
        if events == 0 {
            context.writeAndFlush(wrapOutboundOut(Self.answer), promise: nil)
        } else {
            context.writeAndFlush(wrapOutboundOut(Self.streamHead), promise: nil)
            // As a model's first token comes some time after the head.
            sendLater(.milliseconds(2), number: 0, context)
        }
    }

    private func number(_ name: String, in head: String) -> Int? {
        guard let start = head.firstRange(of: "\r\n\(name): ")?.upperBound else { return nil }
        return Int(head[start...].prefix { $0.isNumber })
    }

    private func sendLater(_ delay: TimeAmount, number: Int, _ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in send(number, context) }
    }

    private func send(_ number: Int, _ context: ChannelHandlerContext) {
        let now = NIODeadline.now().uptimeNanoseconds
        let text =
            number == 0
            ? "event: message_start\ndata: {\"type\":\"message_start\",\"sent_at\":\(now),\"message\":{\"usage\":\(Self.usage)}}\n\n"
            : "event: ping\ndata: {\"type\":\"ping\"}\n\n"
        let isLast = number + 1 == events
        let end = isLast ? "0\r\n\r\n" : ""
        let chunk = "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n\(end)"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: chunk)), promise: nil)
        if !isLast { sendLater(.milliseconds(200), number: number + 1, context) }
    }
}
