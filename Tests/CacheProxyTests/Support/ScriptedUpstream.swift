import NIOCore
import NIOPosix

/// An upstream whose every byte the test says itself.
final class ScriptedUpstream: Sendable {
    let port: Int
    private let channel: any Channel
    private let connections: Connections

    private actor Connections {
        private var iterator: AsyncStream<Wire>.Iterator
        init(_ stream: AsyncStream<Wire>) { iterator = stream.makeAsyncIterator() }

        func next() async -> Wire? {
            var iterator = iterator
            let wire = await iterator.next(isolation: self)
            self.iterator = iterator
            return wire
        }
    }

    private init(_ channel: any Channel, _ stream: AsyncStream<Wire>) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
        connections = Connections(stream)
    }

    static func start(
        _ prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws -> ScriptedUpstream {
        let (stream, continuation) = AsyncStream.makeStream(of: Wire.self)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel)
                    continuation.yield(try Wire.wrap(channel))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedUpstream(channel, stream)
    }

    /// The next connection that somebody makes.
    func accept() async throws -> Wire {
        guard let wire = await connections.next() else { throw CancellationError() }
        return wire
    }

    /// Nobody is listened to any more.
    func stop() async { try? await channel.close().get() }
}
