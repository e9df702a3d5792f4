import NIOCore
import NIOPosix

/// One end of a TCP connection, byte for byte: tests say exactly what goes over it, and see exactly what comes.
actor Wire {
    private enum Event: Sendable {
        case bytes(ByteBuffer)
        case closed
        case reset
    }

    /// How the other end ended.
    enum End: Equatable { case closed, reset }

    let channel: any Channel
    private var iterator: AsyncStream<Event>.Iterator
    private var received = ""
    private var end: End?

    private init(_ channel: any Channel, _ events: AsyncStream<Event>) {
        self.channel = channel
        iterator = events.makeAsyncIterator()
    }

    // MARK: Making one

    static func connect(to port: Int) async throws -> Wire {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Wire.wrap(channel) }
            }
    }

    /// Adds what is needed to a channel that is set up otherwise.
    static func wrap(_ channel: any Channel) throws -> Wire {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        try channel.pipeline.syncOperations.addHandler(Tap(continuation))
        return Wire(channel, events)
    }

    private final class Tap: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<Event>.Continuation

        init(_ continuation: AsyncStream<Event>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(.bytes(unwrapInboundIn(data)))
        }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { continuation.yield(.closed) }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            continuation.yield(.reset)
            context.close(promise: nil)
        }
        func channelInactive(context: ChannelHandlerContext) {
            continuation.yield(.closed)
            continuation.finish()
        }
    }

    // MARK: Saying

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }

    /// Does not wait for the bytes to leave.
    nonisolated func push(_ bytes: ByteBuffer) -> EventLoopFuture<Void> { channel.writeAndFlush(bytes) }

    func close() async throws { try await channel.close().get() }

    /// Says that nothing more comes.
    func shut() async throws { try await channel.close(mode: .output).get() }

    /// Ends the connection so that the other end gets an error.
    func reset() async throws {
        if let socket = channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close().get()
    }

    /// Whether bytes are taken from the socket at all.
    func setReading(_ isOn: Bool) async throws { try await channel.setOption(.autoRead, value: isOn).get() }

    // MARK: Hearing

    private func next() async -> Bool {
        guard end == nil else { return false }
        var iterator = iterator
        let event = await iterator.next(isolation: self)
        self.iterator = iterator
        switch event {
        case .bytes(let bytes):
            received += String(buffer: bytes)
            return true
        case .reset: end = .reset
        case .closed, nil: end = .closed
        }
        return false
    }

    /// Everything up to and with a text; less if the connection ends before.
    func read(through mark: String) async -> String {
        while true {
            if let range = received.firstRange(of: mark) {
                let part = String(received[..<range.upperBound])
                received = String(received[range.upperBound...])
                return part
            }
            if await !next() { return rest() }
        }
    }

    /// Everything until the other end ends the connection.
    func readAll() async -> (text: String, end: End) {
        while await next() {}
        return (rest(), end ?? .closed)
    }

    /// Waits for the other end's end and says how it came.
    func ended() async -> End { await readAll().end }

    private func rest() -> String {
        defer { received = "" }
        return received
    }

    // MARK: Whole messages

    /// A head, and the body that its content-length announces.
    func message() async -> String {
        let head = await read(through: "\r\n\r\n")
        guard let length = head.lowercased().split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }),
            let count = Int(length.dropFirst(15).drop { $0 == " " })
        else { return head }
        while received.utf8.count < count {
            if await !next() { break }
        }
        let body = String(decoding: received.utf8.prefix(count), as: UTF8.self)
        received = String(decoding: received.utf8.dropFirst(count), as: UTF8.self)
        return head + body
    }
}

#if canImport(Glibc)
    import Glibc
#endif
