import NIOCore
import NIOHTTP1

/// An exchange with what it needs on the way: its heads, its upstream's connection, and what waits for that.
final class Relayed {
    let head: HTTPRequestHead
    let destination: Routes.Destination
    let watch: ExchangeWatch?
    /// When its head had come.
    let begunAt = NIODeadline.now()
    var exchange: Exchange
    var upstream: UpstreamConnection?
    /// Parts of the request that came before the upstream was there.
    private var held: [HTTPServerRequestPart] = []
    private var heldBytes = 0
    /// How the response's body is delimited towards the client.
    var framing = HopHeaders.Framing.none

    /// How much is held while a connection is made; the gate holds whole requests.
    private static let most = 64 << 10

    init(head: HTTPRequestHead, to destination: Routes.Destination, exchange: Exchange, watch: ExchangeWatch?) {
        self.head = head
        self.destination = destination
        self.exchange = exchange
        self.watch = watch
    }

    func hold(_ part: HTTPServerRequestPart) {
        if case .body(let bytes) = part { heldBytes += bytes.readableBytes }
        held.append(part)
    }

    /// What was held, to be sent on.
    func letGo() -> [HTTPServerRequestPart] {
        defer { held = [] }
        return held
    }

    /// Whether more of the request may be read.
    var takesMore: Bool {
        if let upstream { return upstream.isWritable }
        return heldBytes < Self.most || watch?.holdsRequest ?? false
    }
}
