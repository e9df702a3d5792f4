import NIOCore
import NIOPosix

/// Sends one request and hears its events out.
final class EventClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Heard: Sendable {
        /// From when the upstream sent its first event until it was here; nil where the event does not say.
        var delay: Duration?
        var text: String
    }

    struct Exchange: Sendable {
        /// Comes true with the first event.
        var began: EventLoopFuture<Void>
        /// With the last.
        var heard: EventLoopFuture<Heard>
        var channel: any Channel
    }

    private var text = ""
    private var firstAt: NIODeadline?
    private let heard: EventLoopPromise<Heard>
    private let began: EventLoopPromise<Void>

    private init(_ heard: EventLoopPromise<Heard>, _ began: EventLoopPromise<Void>) {
        self.heard = heard
        self.began = began
    }

    static func ask(
        _ url: Target, body: String, headers: String
    ) async throws -> Exchange {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let heard = loop.makePromise(of: Heard.self)
        let began = loop.makePromise(of: Void.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EventClient(heard, began))
                }
            }
            .connect(host: url.host, port: url.port).get()
        let head =
            "POST /v1/messages HTTP/1.1\r\nhost: \(url.host)\r\nx-api-key: sk-emu-bench-1\r\nanthropic-version: 2023-06-01\r\n"
            + "content-type: application/json\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n"
        try await channel.writeAndFlush(ByteBuffer(string: head + body)).get()
        return Exchange(began: began.futureResult, heard: heard.futureResult, channel: channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        if firstAt == nil, text.contains("data: {") {
            firstAt = .now()
            began.succeed()
        }
        if text.hasSuffix("\r\n0\r\n\r\n") { finish() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        began.fail(ChannelError.eof)
        heard.fail(ChannelError.eof)
    }

    private func finish() {
        var delay: Duration?
        if let firstAt, let start = text.firstRange(of: #""sent_at":"#)?.upperBound,
            let sent = UInt64(text[start...].prefix { $0.isNumber })
        {
            delay = .nanoseconds(Int64(firstAt.uptimeNanoseconds) - Int64(sent))
        }
        heard.succeed(Heard(delay: delay, text: text))
    }
}

/// `http://HOST:PORT`.
struct Target: Sendable {
    var host: String
    var port: Int

    init?(_ url: String) {
        let parts = url.dropFirst("http://".count).split(separator: ":")
        guard url.hasPrefix("http://"), parts.count == 2, let port = Int(parts[1]) else { return nil }
        host = String(parts[0])
        self.port = port
    }
}
