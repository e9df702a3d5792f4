import Testing

@Suite("When an upstream's connection breaks", .timeLimit(.minutes(10)))
struct CutTests {
    @Test("before the response, the client is told so in the provider's shape", arguments: [false, true])
    func beforeResponse(byReset: Bool) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 4\r\n\r\nbody")
            _ = await server.read(through: "body")
            if byReset { try await server.reset() } else { try await server.close() }
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 502 Bad Gateway"))
            #expect(answer.header("content-type") == "application/json")
            #expect(answer.contains(#"{"type":"error","error":{"type":"api_error","message":""#))
            // The same connection may go on, and nothing was tried twice.
            try await client.send(get)
            let next = try await scene.upstream.accept()
            #expect(await next.read(through: "\r\n\r\n").hasPrefix("GET"))
            try await next.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test(
        "within the response, the client has what came and no end of it",
        arguments: [
            "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\npart",
        ], [false, true])
    func withinResponse(_ beginning: String, byReset: Bool) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(beginning)
            let seen = await client.read(through: "part")
            #expect(seen.hasSuffix("part"))
            if byReset { try await server.reset() } else { try await server.close() }
            let rest = await client.readAll()
            #expect(!rest.text.contains("0\r\n\r\n"))
            try await client.close()
            #expect(await scene.settles())
        }
    }

    @Test("a response that only the end of the connection delimits is whole with an orderly end")
    func closeDelimited() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\n\r\nall of it")
            try await server.close()
            let answer = await client.read(through: "0\r\n\r\n")
            #expect(answer.header("transfer-encoding") == "chunked")
            #expect(answer.hasSuffix("9\r\nall of it\r\n0\r\n\r\n"))
        }
    }

    @Test("and not with a reset, which an old client sees as one too")
    func closeDelimitedReset() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange("GET / HTTP/1.0\r\n\r\n")
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\n\r\npart")
            _ = await client.read(through: "part")
            try await server.reset()
            #expect(await client.ended() == .reset)
        }
    }

    @Test("what is no HTTP is not passed on", arguments: ["SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"])
    func nonsense(_ bytes: String) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(bytes)
            #expect(await client.message().hasPrefix("HTTP/1.1 502"))
        }
    }

    @Test("an upstream that is not there is named, with what to do")
    func unreachable() async throws {
        try await withProxy { scene in
            await scene.upstream.stop()
            let client = try await scene.client()
            try await client.send(get)
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 502"))
            #expect(answer.contains("http://127.0.0.1:\(scene.upstream.port): it refuses connections; check that"))
        }
    }
}
