import CacheProxy
import Testing

@Suite("Limits", .timeLimit(.minutes(10)))
struct LimitTests {
    private static let small = ProxyConfiguration.Limits(body: 100, headers: 1000)

    @Test("a body that is announced as too large is refused before any of it goes on")
    func announced() async throws {
        try await withProxy(limits: Self.small) { scene in
            let client = try await scene.client()
            try await client.send(post + "content-length: 101\r\n\r\n")
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains(#""type":"request_too_large""#))
            #expect(answer.header("connection") == "close")
            #expect(await client.readAll() == ("", .closed))
            try await client.close()
            #expect(await scene.settles())
        }
    }

    @Test("a body that grows too large is refused, and the upstream let go")
    func growing() async throws {
        try await withProxy(limits: Self.small) { scene in
            let (client, server) = try await scene.exchange(post + "transfer-encoding: chunked\r\n\r\n2\r\nok\r\n")
            _ = await server.read(through: "ok\r\n")
            try await client.send("64\r\n\(String(repeating: "x", count: 100))\r\n0\r\n\r\n")
            #expect(await client.message().hasPrefix("HTTP/1.1 413"))
            #expect(await !server.readAll().text.contains("0\r\n\r\n"))
        }
    }

    @Test("a body of just the limit goes through")
    func exact() async throws {
        try await withProxy(limits: Self.small) { scene in
            let body = String(repeating: "x", count: 100)
            let (client, server) = try await scene.exchange(post + "content-length: 100\r\n\r\n\(body)")
            #expect(await server.message().hasSuffix(body))
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test("headers that are too large are refused")
    func headers() async throws {
        try await withProxy(limits: Self.small) { scene in
            let client = try await scene.client()
            try await client.send(post + "x: \(String(repeating: "x", count: 2000))\r\n\r\n")
            #expect(await client.message().hasPrefix("HTTP/1.1 431"))
            #expect(await client.ended() == .closed)
        }
    }

    @Test("headers of an upstream's that are too large are no answer")
    func upstreamHeaders() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try? await server.send("HTTP/1.1 200 OK\r\nx: \(String(repeating: "x", count: 2 << 20))\r\n\r\n")
            #expect(await client.message().hasPrefix("HTTP/1.1 502"))
            _ = await server.ended()
        }
    }

    @Test("the provider's own limit is the usual one")
    func usual() { #expect(ProxyConfiguration.Limits().body == 33_554_432) }
}
