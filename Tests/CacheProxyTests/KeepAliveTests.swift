import Testing

@Suite("Connections that serve more than once", .timeLimit(.minutes(10)))
struct KeepAliveTests {
    @Test("requests sent at once are answered in their order, over one connection")
    func pipelined() async throws {
        try await withProxy { scene in
            let first = post + "content-length: 3\r\n\r\none"
            let second = post + "transfer-encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
            let (client, server) = try await scene.exchange(first + second + get)
            for (request, answer) in [("one", "1"), ("two\r\n0\r\n\r\n", "2"), ("\r\n\r\n", "3")] {
                _ = await server.read(through: request)
                try await server.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\(answer)")
                #expect(await client.message().hasSuffix(answer))
            }
        }
    }

    @Test("an answer of the proxy's own leaves the client's connection in step")
    func afterOwnAnswer() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get + get)
            try await server.close()
            #expect(await client.message().hasPrefix("HTTP/1.1 502"))
            let another = try await scene.upstream.accept()
            _ = await another.read(through: "\r\n\r\n")
            try await another.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test(
        "errors of the upstream's are answers as any other: its connection is used again", arguments: [429, 500, 529])
    func afterErrors(_ status: Int) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 \(status) X\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\nno")
            #expect(await client.message().header("retry-after") == "1")
            let another = try await scene.client()
            try await another.send(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(fine)
            #expect(await another.message().hasSuffix("fine"))
        }
    }

    @Test("an upstream that closes with its response is not asked again")
    func upstreamCloses() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nfine")
            let answer = await client.message()
            #expect(answer.hasSuffix("fine") && answer.header("connection") == nil)
            _ = await server.ended()
            try await client.send(get)
            let another = try await scene.upstream.accept()
            _ = await another.read(through: "\r\n\r\n")
            try await another.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test("a client that wants to be done is, after its response")
    func clientCloses() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            #expect(await server.read(through: "\r\n\r\n").header("connection") == nil)
            try await server.send(fine)
            let answer = await client.readAll()
            #expect(answer.text.header("connection") == "close")
            #expect(answer.text.hasSuffix("fine") && answer.end == .closed)
        }
    }
}
