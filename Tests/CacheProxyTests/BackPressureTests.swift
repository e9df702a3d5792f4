import CacheProxy
import NIOCore
import Synchronization
import Testing

@Suite("Back-pressure", .timeLimit(.minutes(10)))
struct BackPressureTests {
    private static let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
    private static let count = 96

    /// Says all pieces at once and counts those that have left.
    private static func pour(into wire: Wire) -> (left: Counter, all: EventLoopFuture<Void>) {
        let counter = Counter()
        let loop = wire.channel.eventLoop
        let writes = (0..<count).map { _ in wire.push(piece).map { counter.add() } }
        return (counter, EventLoopFuture.andAllComplete(writes, on: loop))
    }

    final class Counter: Sendable {
        private let value = Mutex(0)
        func add() { value.withLock { $0 += 1 } }
        var now: Int { value.withLock(\.self) }
    }

    /// The proxy's loop goes round many times; whatever would be read without limit would have been read by then.
    private static func manyRounds(_ scene: Scene) async throws {
        let (client, server) = try await scene.exchange(get)
        for _ in 0..<300 {
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(fine)
            _ = await client.message()
            try await client.send(get)
        }
    }

    @Test("a client that does not read keeps its upstream from sending")
    func towardsClient() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await client.setReading(false)
            try await server.send("HTTP/1.1 200 OK\r\ncontent-length: \(Self.count << 20)\r\n\r\n")
            let poured = Self.pour(into: server)
            try await Self.manyRounds(scene)
            #expect(poured.left.now < Self.count / 2)
            try await client.setReading(true)
            #expect(await client.message().utf8.count > Self.count << 20)
            try await poured.all.get()
        }
    }

    @Test("an upstream that does not read keeps its client from sending")
    func towardsUpstream() async throws {
        try await withProxy(limits: .init(body: Self.count << 20)) { scene in
            let (client, server) = try await scene.exchange(post + "content-length: \(Self.count << 20)\r\n\r\n")
            _ = await server.read(through: "host")
            try await server.setReading(false)
            let poured = Self.pour(into: client)
            try await Self.manyRounds(scene)
            #expect(poured.left.now < Self.count / 2)
            try await server.setReading(true)
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
            try await poured.all.get()
        }
    }
}
