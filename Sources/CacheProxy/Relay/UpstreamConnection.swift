import NIOCore
import NIOHTTP1

/// One connection to an upstream: serves one exchange at a time, and waits in the pool between two.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = ByteBuffer

    let upstream: ProxyUpstream
    /// Whom it serves; nil while it is not in use.
    private(set) weak var user: ClientHandler?
    private let pool: UpstreamPool
    let decoder = ResponseDecoder()
    private var context: ChannelHandlerContext?
    private var fault: (any Error)?
    /// Given back within a read: whatever else that read brings belongs to nobody.
    private var isCooling = false
    private var isReading = false
    private var readsOn = true
    private var isChunked = false
    private var isFlushed = true
    private(set) var idleSince = NIODeadline.distantPast

    init(to upstream: ProxyUpstream, pool: UpstreamPool) {
        self.upstream = upstream
        self.pool = pool
    }

    var isActive: Bool { context?.channel.isActive ?? false }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: For its user

    func serve(_ user: ClientHandler) { self.user = user }

    /// Begins a request; see ``HopHeaders``.
    func begin(_ head: HTTPRequestHead, to destination: Routes.Destination, answersExpectation: Bool) {
        decoder.expect(answerTo: head)
        isChunked = head.isChunked
        write(HopHeaders.request(head, to: destination, answersExpectation: answersExpectation).bytes())
    }

    /// Sends a piece of its body.
    func send(_ bytes: ByteBuffer) {
        if isChunked { Chunks.pieces(bytes).forEach(write) } else { write(bytes) }
    }

    func end(_ trailers: HTTPHeaders?) {
        if isChunked { write(Chunks.end(trailers)) }
        flush()
    }

    private func write(_ bytes: ByteBuffer) {
        isFlushed = false
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    func flush() {
        guard !isFlushed else { return }
        isFlushed = true
        context?.flush()
    }

    /// Follows the client's writability, so that a slow client slows its upstream down.
    func setReading(_ isOn: Bool) {
        guard isOn != readsOn else { return }
        readsOn = isOn
        try? context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }

    /// Ends an exchange.
    func leave(reusable: Bool) {
        user = nil
        guard reusable, isActive, fault == nil else {
            close()
            return
        }
        if isReading { isCooling = true } else { goIdle() }
    }

    func close() {
        user = nil
        context?.close(promise: nil)
    }

    private func goIdle() {
        isCooling = false
        idleSince = .now()
        setReading(true)
        pool.put(self)
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        // When a connection breaks, the decoder may still take what has come for a whole.
        guard fault == nil else { return }
        if let user {
            user.upstreamSent(unwrapInboundIn(data))
        } else {
            // Nobody has asked for anything.
            isCooling = false
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        user?.flushClient()
        if isCooling { goIdle() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { user?.upstreamWritabilityChanged() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fault = fault ?? error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isCooling = false
        pool.forget(self)
        user?.upstreamIsLost(fault)
        user = nil
    }
}
