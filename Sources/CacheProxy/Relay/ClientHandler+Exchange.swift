import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Carries out what an exchange decides.
extension ClientHandler {
    /// What an action is about.
    enum Piece {
        case request(HTTPServerRequestPart)
        case informational(HTTPResponseHead)
        case responseHead(HTTPResponseHead)
        case responseBody(ByteBuffer)
        case responseEnd(HTTPHeaders?)
    }

    // MARK: The beginning

    func begin(_ head: HTTPRequestHead) {
        let limit = proxy.configuration.limits.body
        if let refusal = RequestCheck.refusal(of: head, bodyLimit: limit) {
            return answer(refusal, head: head, ending: .linger)
        }
        let destination = proxy.configuration.routes.destination(
            of: head.uri, host: head.headers.first(name: "host"))
        let exchange = Exchange(
            bodyLimit: limit, keepsClient: head.isKeepAlive && !proxy.isDraining && !head.asksForUpgrade,
            awaitsContinue: head.awaitsContinue)
        let watch = proxy.watcher?.watch(head, to: destination)
        let relayed = Relayed(head: head, to: destination, exchange: exchange, watch: watch)
        phase = .exchanging(relayed)
        guard watch?.holdsRequest ?? false else { return connect(relayed) }
        if head.awaitsContinue {
            write(WireHead(.continue).bytes())
            flushClient()
        }
    }

    /// A request that was held until it was whole goes on when the gate lets it.
    func proceedIfHeld(_ relayed: Relayed) {
        guard let watch = relayed.watch, watch.holdsRequest, relayed.upstream == nil else { return }
        watch.admission(on: proxy.eventLoop).assumeIsolated().whenComplete { [weak self] _ in self?.connect(relayed) }
    }

    private func connect(_ relayed: Relayed) {
        guard case .exchanging(let current) = phase, current === relayed else { return }
        let (pool, upstream) = (proxy.pool, relayed.destination.upstream)
        if let connection = pool.takeIdle(to: upstream) { return link(relayed, to: connection) }
        pool.connect(to: upstream) { [weak self] result in
            guard let self, case .exchanging(let current) = self.phase, current === relayed else {
                // The client has gone meanwhile; the connection has not been used.
                if case .success(let connection) = result { pool.put(connection) }
                return
            }
            switch result {
            case .success(let connection): self.link(relayed, to: connection)
            case .failure(let error):
                let refusal = Refusal.unreachable(upstream, Self.reason(for: error))
                self.carryOut(relayed.exchange.linkFailed(refusal), of: relayed)
            }
        }
    }

    private func link(_ relayed: Relayed, to connection: UpstreamConnection) {
        connection.serve(self)
        relayed.upstream = connection
        carryOut(relayed.exchange.linked(), of: relayed)
    }

    // MARK: Actions

    func carryOut(_ action: Exchange.Action, of relayed: Relayed, with piece: Piece? = nil) {
        switch action {
        case .nothing: break
        case .relay: if let piece { relay(piece, of: relayed) }
        case .hold:
            if case .request(let part) = piece { relayed.hold(part) }
            updateReading()
        case .relayAndFinish(let ending):
            if let piece { relay(piece, of: relayed) }
            finish(relayed, ending)
        case .finish(let ending): finish(relayed, ending)
        case .send: send(relayed)
        case .answer(let refusal, let ending):
            relayed.upstream?.leave(reusable: false)
            relayed.upstream = nil
            relayed.watch?.ended(isWhole: false)
            answer(refusal, head: relayed.head, ending: ending.client)
        case .cut:
            relayed.upstream?.leave(reusable: false)
            relayed.upstream = nil
            relayed.watch?.ended(isWhole: false)
            cut(byReset: relayed.framing == .close)
        case .abandon:
            relayed.upstream?.leave(reusable: false)
            relayed.upstream = nil
            relayed.watch?.ended(isWhole: false)
        }
    }

    private func send(_ relayed: Relayed) {
        guard let upstream = relayed.upstream else { return }
        upstream.begin(
            relayed.head, to: relayed.destination, answersExpectation: relayed.watch?.holdsRequest ?? false)
        proxy.meter?.record(.request, .now() - relayed.begunAt)
        for part in relayed.letGo() { relay(.request(part), of: relayed) }
        if !isWithinRead { upstream.flush() }
        upstream.setReading(context?.channel.isWritable ?? true)
        updateReading()
    }

    private func relay(_ piece: Piece, of relayed: Relayed) {
        switch piece {
        case .request(.head): break
        case .request(.body(let bytes)): relayed.upstream?.send(bytes)
        case .request(.end(let trailers)): relayed.upstream?.end(trailers)
        case .informational(let head):
            guard !relayed.head.version.isOld else { return }
            let kept = HopHeaders.response(
                head, framing: .none, version: relayed.head.version, closes: false, note: nil)
            write(kept.bytes())
            flushClient()
        case .responseHead(let head):
            relayed.framing = HopHeaders.framing(of: head, to: relayed.head.method, version: relayed.head.version)
            let closes = !relayed.exchange.keepsClient || relayed.framing == .close
            if closes { relayed.exchange.isLast() }
            let kept = HopHeaders.response(
                head, framing: relayed.framing, version: relayed.head.version, closes: closes,
                note: relayed.watch?.noteLine)
            write(kept.bytes())
            relayed.watch?.responseBegan(head)
        case .responseBody(let bytes):
            if relayed.framing == .chunked { Chunks.pieces(bytes).forEach(write) } else { write(bytes) }
            relayed.watch?.responseSent(bytes)
        case .responseEnd(let trailers):
            if relayed.framing == .chunked { write(Chunks.end(trailers)) }
            flushClient()
            relayed.watch?.ended(isWhole: true)
        }
    }

    private func finish(_ relayed: Relayed, _ ending: Exchange.Ending) {
        relayed.upstream?.leave(reusable: ending.reusesUpstream)
        relayed.upstream = nil
        next(ending.client)
    }

    /// Gives an answer of the proxy's own.
    func answer(_ refusal: Refusal, head: HTTPRequestHead?, ending: Exchange.Ending.Client) {
        let isLast = ending != .reuse || proxy.isDraining
        write(refusal.head(closes: isLast).bytes())
        if head?.method != .HEAD { write(refusal.body) }
        flushClient()
        next(ending)
    }

    /// What went wrong with an upstream, for people; errors of libraries are long and say less.
    static func reason(for error: (any Error)?) -> String {
        switch error {
        case nil: return "it closed the connection"
        case let error as NIOConnectionError:
            let failures = error.connectionErrors.map { reason(for: $0.error) }
            if let first = failures.first { return first }
            return error.dnsAError == nil && error.dnsAAAAError == nil
                ? "it cannot be connected to" : "its name is not known"
        case let error as ChannelError:
            if case .connectTimeout = error { return "it did not take the connection in time" }
            return "the connection was closed"
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED: return "it refuses connections"
            case ECONNRESET, EPIPE: return "it reset the connection"
            default: return "the connection failed (errno \(error.errnoCode))"
            }
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: return "its TLS connection failed: \(error!)"
        case is HTTPParserError: return "what it answered is no well-formed HTTP/1.1, or was cut off"
        default: return "the connection failed"
        }
    }
}
