import Testing

@Suite("Headers on their way through", .timeLimit(.minutes(10)))
struct HopHeadersTests {
    @Test("what belongs to one hop stays behind, the rest goes on in its order and spelling")
    func request() async throws {
        try await withProxy { scene in
            let (_, server) = try await scene.exchange(
                "POST /v1/messages?beta=true HTTP/1.1\r\nHost: proxy\r\nX-Api-Key: k\r\nConnection: X-Hop, close\r\n"
                    + "X-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authorization: p\r\nProxy-Connection: x\r\n"
                    + "Upgrade: h2c\r\nTE: trailers\r\nanthropic-beta: a\r\nanthropic-beta: b,c\r\n"
                    + "x-prompt-cache-warmer: off\r\nAccept-Encoding: br\r\nContent-Length: 0\r\n\r\n")
            let head = await server.read(through: "\r\n\r\n")
            #expect(
                head == "POST /v1/messages?beta=true HTTP/1.1\r\nhost: 127.0.0.1:\(scene.upstream.port)\r\n"
                    + "X-Api-Key: k\r\nanthropic-beta: a\r\nanthropic-beta: b,c\r\nAccept-Encoding: br\r\n"
                    + "te: trailers\r\nconnection: te\r\ncontent-length: 0\r\n\r\n")
        }
    }

    @Test("in responses too, which bear nothing of the proxy's")
    func response() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(
                "HTTP/1.1 529 Overloaded\r\nRequest-Id: r\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n"
                    + "Keep-Alive: timeout=5\r\nSet-Cookie: a\r\nSet-Cookie: b\r\ncontent-length: 2\r\n\r\nno")
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 529"))
            let headers = answer.split(separator: "\r\n").dropFirst().joined(separator: "|")
            #expect(headers == "Request-Id: r|Set-Cookie: a|Set-Cookie: b|content-length: 2|no")
        }
    }
}
