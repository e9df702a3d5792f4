import CacheProxy
import Testing

@Suite("When one side is slow", .timeLimit(.minutes(10)))
struct SlowTests {
    /// Long against what a loaded machine takes for a turn, since these timeouts run on real time.
    private static let short = Duration.milliseconds(1500)
    private static let headers = ProxyConfiguration.Timeouts(headers: short)
    private static let idle = ProxyConfiguration.Timeouts(idle: short)

    @Test("a client that does not end its headers is told, and its connection ends")
    func headersTrickle() async throws {
        try await withProxy(timeouts: Self.headers) { scene in
            let client = try await scene.client()
            try await client.send("POST /v1/messages HTTP/1.1\r\nhost: pro")
            #expect(await client.message().hasPrefix("HTTP/1.1 408"))
            #expect(await client.ended() == .closed)
        }
    }

    @Test("so is one that says a little of them at a time, for ever")
    func headersDribble() async throws {
        try await withProxy(timeouts: Self.headers, limits: .init(headers: 1 << 30)) { scene in
            let client = try await scene.client()
            try await client.send("POST /v1/messages HTTP/1.1\r\nx: ")
            let dribble = Task {
                while !Task.isCancelled, (try? await client.send("y")) != nil { await Task.yield() }
            }
            #expect(await client.read(through: "\r\n").hasPrefix("HTTP/1.1 408"))
            dribble.cancel()
            await dribble.value
        }
    }

    @Test("so is one that begins another request and does not end it")
    func laterHeadersTrickle() async throws {
        try await withProxy(timeouts: Self.headers) { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
            try await client.send("GET / HT")
            #expect(await client.message().hasPrefix("HTTP/1.1 408"))
        }
    }

    @Test("a client that does not end its body is told, and the upstream let go")
    func bodyStalls() async throws {
        try await withProxy(timeouts: Self.idle) { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 10\r\n\r\nhalf")
            _ = await server.read(through: "half")
            #expect(await client.message().hasPrefix("HTTP/1.1 408"))
            _ = await server.ended()
        }
    }

    @Test("an upstream that does not answer is given up", arguments: ["", "HTTP/1.1 200 OK\r\ncontent-le"])
    func silent(_ beginning: String) async throws {
        try await withProxy(timeouts: Self.idle) { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            if !beginning.isEmpty { try await server.send(beginning) }
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 504"))
            #expect(answer.contains(#""type":"timeout_error""#))
            _ = await server.ended()
        }
    }

    @Test("an upstream that says a little of its headers at a time is given up as well")
    func upstreamDribbles() async throws {
        try await withProxy(timeouts: Self.idle) { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\n")
            let dribble = Task {
                while !Task.isCancelled, (try? await server.send("x: y\r\n")) != nil { await Task.yield() }
            }
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 504") || answer.hasPrefix("HTTP/1.1 502"))
            dribble.cancel()
            await dribble.value
        }
    }

    @Test("an upstream that stops within its response cuts the client off")
    func stalls() async throws {
        try await withProxy(timeouts: Self.idle) { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart")
            #expect(await client.readAll().text.hasSuffix("part"))
            _ = await server.ended()
        }
    }

    @Test("a request that takes too long as a whole ends, however busy it is")
    func whole() async throws {
        try await withProxy(timeouts: .init(whole: Self.short)) { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            let chatter = Task { while !Task.isCancelled, (try? await server.send("1\r\n.\r\n")) != nil {} }
            #expect(await !client.readAll().text.contains("0\r\n\r\n"))
            chatter.cancel()
            await chatter.value
        }
    }

    @Test("a connection that is not used ends without a word")
    func unused() async throws {
        try await withProxy(timeouts: .init(keepAlive: Self.short)) { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(fine)
            _ = await client.message()
            #expect(await client.readAll() == ("", .closed))
        }
    }

    @Test("an upstream's connection that is not used ends before its server tires of it")
    func unusedUpstream() async throws {
        try await withProxy(timeouts: .init(pooled: Self.short)) { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(fine)
            _ = await client.message()
            #expect(await server.readAll() == ("", .closed))
        }
    }
}
