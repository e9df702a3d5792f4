import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An upstream that does what the request's plan says, and complains if the request is not the one that was sent.
final class SoakUpstream: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// What it has to complain about.
    final class Complaints: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock(\.self) }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private let complaints: Complaints
    private var plan: SoakPlan?
    private var received = ByteBuffer()

    private init(_ complaints: Complaints) { self.complaints = complaints }

    static func start(_ complaints: Complaints) async throws -> any Channel {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false, withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(SoakUpstream(complaints))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard let number = head.headers.first(name: "x-plan").flatMap(UInt64.init) else {
                return complaints.add("a request without a plan")
            }
            received.clear()
            let plan = SoakPlan(number)
            self.plan = plan
            if plan.deed == .early { answer(plan, context) }
        case .body(var bytes): received.writeBuffer(&bytes)
        case .end:
            guard let plan else { return }
            if received != plan.request { complaints.add("request \(plan.number) is not what was sent") }
            if plan.deed != .early { answer(plan, context) }
        }
    }

    private func answer(_ plan: SoakPlan, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders()
        let isChunked = [.chunked, .pieces].contains(plan.deed)
        if isChunked {
            headers.add(name: "transfer-encoding", value: "chunked")
        } else if plan.deed != .empty {
            headers.add(name: "content-length", value: String(plan.response.readableBytes))
        }
        if plan.deed == .closes { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: plan.status), headers: headers)
        let (first, rest) = plan.response.halves
        switch plan.deed {
        case .vanishes: context.close(promise: nil)
        case .resets: reset(context)
        case .cuts, .resetsWithin:
            write([.head(head), .body(.byteBuffer(first))], context)
            if plan.deed == .cuts { context.close(promise: nil) } else { reset(context) }
        case .pieces:
            write([.head(head)], context)
            write([.body(.byteBuffer(first))], context)
            write([.body(.byteBuffer(rest)), .end(nil)], context)
        case .empty: write([.head(head), .end(nil)], context)
        default:
            write([.head(head), .body(.byteBuffer(plan.response)), .end(nil)], context)
            if plan.deed == .closes { context.close(mode: .output, promise: nil) }
        }
    }

    private func write(_ parts: [HTTPServerResponsePart], _ context: ChannelHandlerContext) {
        for part in parts { context.write(wrapOutboundOut(part), promise: nil) }
        context.flush()
    }

    private func reset(_ context: ChannelHandlerContext) {
        (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete {
            _ in
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

#if canImport(Glibc)
    import Glibc
#endif
