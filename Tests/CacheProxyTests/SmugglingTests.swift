import Testing

@Suite("Smuggling", .timeLimit(.minutes(10)))
struct SmugglingTests {
    @Test(
        "a request whose length two servers could read differently is refused, and the connection ends",
        arguments: [
            "content-length: 4\r\ncontent-length: 5\r\n\r\nbody!",
            "content-length: 4\r\ncontent-length: 4\r\n\r\nbody",
            "content-length: 4, 4\r\n\r\nbody",
            "content-length: +4\r\n\r\nbody",
            "content-length: -4\r\n\r\nbody",
            "content-length: 0x4\r\n\r\nbody",
            "content-length: 4 \r\n , 5\r\n\r\nbody",
            "content-length: 99999999999999999999999\r\n\r\nbody",
            "transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n",
            "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "transfer-encoding: identity\r\n\r\n",
            "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
            "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
            "transfer-encoding:\u{0B}chunked\r\n\r\n0\r\n\r\n",
            "content-length: 4\r\nx: folded\r\n value\r\n\r\nbody",
            "x: folded\r\n\ttransfer-encoding: chunked\r\n\r\n",
            "x: bare\ncontent-length: 4\r\n\r\nbody",
            "content-length: 4\r\nx: bare\n\nbody",
            "x: a\rb\r\n\r\n",
            "x: a\0b\r\n\r\n",
            ": empty\r\n\r\n",
            " x: space first\r\n\r\n",
            "host: another\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\n4\nbody\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\n-4\r\nbody\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\n4 \r\nbody\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\n4\r\nbodyX\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nbody\r\n0\r\n\r\n",
        ])
    func ambiguous(_ rest: String) async throws {
        try await withProxy { scene in
            let client = try await scene.client()
            try await client.send(post + rest)
            let answer = await client.message()
            let status = answer.split(separator: " ").dropFirst().first.map(String.init)
            #expect(["400", "501", "431"].contains(status), "\(answer)")
            #expect(answer.contains(#"{"type":"error","error":{"type":"invalid_request_error""#))
            #expect(await client.ended() == .closed)
        }
    }

    @Test(
        "nor is what is no request at all taken for one",
        arguments: [
            "GET / HTTP/1.1\nhost: x\n\n", "GET / HTTP/2.0\r\nhost: x\r\n\r\n",
            "GET / HTTP/1.1 \r\nhost: x\r\n\r\n", "G\0T / HTTP/1.1\r\nhost: x\r\n\r\n", "GET /\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\r\n\r\n",
            "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n",
        ])
    func malformed(_ request: String) async throws {
        try await withProxy { scene in
            let client = try await scene.client()
            try await client.send(request)
            #expect(await client.message().hasPrefix("HTTP/1.1 40"))
            #expect(await client.ended() == .closed)
            try await client.close()
            #expect(await scene.settles())
        }
    }

    @Test("what an upstream says behind a response reaches nobody")
    func responseSplitting() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get + get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(fine + "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray")
            #expect(await client.message().hasSuffix("fine"))
            let another = try await scene.upstream.accept()
            _ = await another.read(through: "\r\n\r\n")
            try await another.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test("what an upstream says unasked ends its connection")
    func unasked() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
            try await server.send("HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n")
            _ = await server.ended()
            try await client.send(get)
            let another = try await scene.upstream.accept()
            _ = await another.read(through: "\r\n\r\n")
            try await another.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }
}
