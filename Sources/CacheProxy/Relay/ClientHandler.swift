import Glibc
import NIOCore
import NIOHTTP1

/// A client's connection: takes one request after the other, and carries out what its ``Exchange`` says.
///
/// Everything here and in the upstream's connection runs on one event loop. Requests that come while one is under way wait,
/// and no more is read meanwhile.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between two requests.
        case idle
        case exchanging(Relayed)
        /// Everything has been said; what the client still sends is dropped until it closes.
        case lingering
        case closed
    }

    let proxy: ProxyLoop
    private(set) var context: ChannelHandlerContext?
    var phase = Phase.idle
    /// Requests that came behind the one under way.
    private var queue: CircularBuffer<HTTPServerRequestPart> = []
    private var deadlines: Deadlines
    private var timer: Scheduled<Void>?
    private var armedFor = NIODeadline.distantPast
    private var isReading = true
    /// Within a read of the client's, whose end sends on what it has brought: the head goes with the first of the body.
    private(set) var isWithinRead = false

    init(_ proxy: ProxyLoop) {
        self.proxy = proxy
        deadlines = Deadlines(proxy.configuration.timeouts, now: .now())
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        proxy.add(self)
        arm()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Whatever is said here comes in before the decoder makes anything of it.
    func bytesHaveCome() {
        if deadlines.waiting == .request { wait(for: .headers) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isWithinRead = true
        let part = unwrapInboundIn(data)
        switch phase {
        case .idle where queue.isEmpty: take(part)
        case .exchanging(let relayed) where !relayed.exchange.hasRequest: take(part)
        case .idle, .exchanging:
            queue.append(part)
            updateReading()
        case .lingering, .closed: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isWithinRead = false
        if case .exchanging(let relayed) = phase { relayed.upstream?.flush() }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch (phase, part) {
        case (.idle, .head(let head)):
            wait(for: .exchange)
            begin(head)
        case (.exchanging(let relayed), .body(let bytes)):
            deadlines.progressed(now: .now())
            relayed.watch?.requestSent(bytes)
            carryOut(relayed.exchange.clientSent(bytes.readableBytes), of: relayed, with: .request(part))
        case (.exchanging(let relayed), .end):
            deadlines.progressed(now: .now())
            relayed.watch?.requestEnded()
            carryOut(relayed.exchange.clientEnded(), of: relayed, with: .request(part))
            proceedIfHeld(relayed)
        default: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard case .exchanging(let relayed) = phase else { return }
        deadlines.progressed(now: .now())
        relayed.upstream?.setReading(context.channel.isWritable)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let parserError = error as? HTTPParserError, context.channel.isActive else { return close() }
        let refusal: Refusal =
            parserError == .headerOverflow
            ? .headersTooLarge : .badRequest("the request is no well-formed HTTP/1.1: \(parserError)")
        switch phase {
        case .idle: answer(refusal, head: nil, ending: .linger)
        case .exchanging(let relayed) where relayed.exchange.hasRequest:
            // The answer under way is not to blame, but nothing can follow it.
            relayed.exchange.isLast()
        case .exchanging(let relayed): carryOut(relayed.exchange.upstreamIsLost(refusal), of: relayed)
        case .lingering, .closed: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .exchanging(let relayed) = phase { carryOut(relayed.exchange.clientIsGone(), of: relayed) }
        phase = .closed
        timer?.cancel()
        queue.removeAll()
        proxy.remove(self)
    }

    // MARK: From the upstream's connection

    func upstreamSent(_ part: HTTPClientResponsePart) {
        guard case .exchanging(let relayed) = phase else { return }
        let now = NIODeadline.now()
        deadlines.progressed(now: now)
        switch part {
        case .head(let head) where head.status.code < 200 && head.status != .switchingProtocols:
            let action = relayed.exchange.upstreamInformed(isContinue: head.status == .continue)
            carryOut(action, of: relayed, with: .informational(head))
        case .head(let head):
            let action = relayed.exchange.upstreamAnswered(closes: !head.isKeepAlive)
            carryOut(action, of: relayed, with: .responseHead(head))
            proxy.meter?.record(.response, .now() - now)
        case .body(let bytes):
            carryOut(relayed.exchange.upstreamSent(), of: relayed, with: .responseBody(bytes))
        case .end(let trailers):
            carryOut(relayed.exchange.upstreamEnded(), of: relayed, with: .responseEnd(trailers))
        }
    }

    func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }

    func flushClient() { context?.flush() }

    func upstreamWritabilityChanged() {
        deadlines.progressed(now: .now())
        updateReading()
    }

    func upstreamIsLost(_ error: (any Error)?) {
        guard case .exchanging(let relayed) = phase else { return }
        let refusal = Refusal.unreachable(relayed.destination.upstream, Self.reason(for: error))
        carryOut(relayed.exchange.upstreamIsLost(refusal), of: relayed)
    }

    // MARK: Between exchanges

    /// Both sides are through with each other.
    func next(_ ending: Exchange.Ending.Client) {
        switch ending {
        case .reuse where !proxy.isDraining:
            phase = .idle
            wait(for: .request)
            // Later in this turn of the loop the upstream's connection is free again.
            if !queue.isEmpty { proxy.eventLoop.assumeIsolated().execute { [weak self] in self?.takeFromQueue() } }
        case .reuse, .close: queue.isEmpty ? closeAfterFlush() : startLingering()
        case .linger: startLingering()
        }
    }

    private func takeFromQueue() {
        while let part = queue.first {
            if case .exchanging(let relayed) = phase, relayed.exchange.hasRequest { break }
            guard phase.takesParts else { break }
            queue.removeFirst()
            take(part)
        }
        if case .exchanging(let relayed) = phase { relayed.upstream?.flush() }
        updateReading()
    }

    private func startLingering() {
        phase = .lingering
        queue.removeAll()
        wait(for: .linger)
        updateReading()
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete {
            [weak self] _ in
            self?.context?.close(mode: .output, promise: nil)
        }
    }

    private func closeAfterFlush() {
        phase = .lingering
        wait(for: .linger)
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete {
            [weak self] _ in
            self?.close()
        }
    }

    /// Ends the connection within a response, after what has been relayed.
    func cut(byReset: Bool) {
        if byReset {
            // Where only the end of the connection ends a response, an orderly end would make a whole of a part.
            (context?.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                .assumeIsolated().whenComplete { _ in }
        }
        closeAfterFlush()
    }

    func close() { context?.close(promise: nil) }

    /// The server is stopping.
    func drain() {
        switch phase {
        case .idle: close()
        case .exchanging(let relayed): relayed.exchange.isLast()
        case .lingering, .closed: break
        }
    }

    // MARK: Reading and waiting

    /// Reads only what has somewhere to go.
    func updateReading() {
        var shouldRead = queue.isEmpty
        if case .exchanging(let relayed) = phase, !relayed.takesMore { shouldRead = false }
        guard shouldRead != isReading else { return }
        isReading = shouldRead
        try? context?.channel.syncOptions?.setOption(.autoRead, value: shouldRead)
    }

    private func wait(for waiting: Deadlines.Waiting) {
        deadlines.wait(for: waiting, now: .now())
        arm()
    }

    /// A timer that stands at an earlier time is left alone: when it fires it is asked anew.
    private func arm() {
        let expiry = deadlines.expiry
        if timer != nil, armedFor <= expiry { return }
        timer?.cancel()
        armedFor = expiry
        timer = proxy.eventLoop.assumeIsolated().scheduleTask(deadline: expiry) { [weak self] in self?.look() }
    }

    private func look() {
        timer = nil
        if deadlines.expiry > .now() { return arm() }
        switch phase {
        case .idle where deadlines.waiting == .headers: answer(.slowClient, head: nil, ending: .linger)
        case .idle, .lingering: close()
        case .exchanging(let relayed):
            carryOut(relayed.exchange.timedOut(.silent(relayed.destination.upstream)), of: relayed)
        case .closed: break
        }
    }
}

extension ClientHandler.Phase {
    fileprivate var takesParts: Bool {
        switch self {
        case .idle, .exchanging: true
        case .lingering, .closed: false
        }
    }
}
