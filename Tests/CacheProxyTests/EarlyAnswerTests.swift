import Testing

@Suite("When an upstream answers before it has the whole request", .timeLimit(.minutes(10)))
struct EarlyAnswerTests {
    @Test("the rest of the request still reaches it, and its connection is used again")
    func readsOn() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 8\r\n\r\nhalf")
            _ = await server.read(through: "half")
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
            try await client.send("rest")
            #expect(await server.read(through: "rest") == "rest")
            try await client.send(get)
            #expect(await server.read(through: "\r\n\r\n").hasPrefix("GET /v1/models"))
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test("and closes, the client has the whole response, and then the end")
    func closes() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 1000000\r\n\r\nhalf")
            _ = await server.read(through: "half")
            try await server.send("HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno")
            try await server.close()
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 401"))
            #expect(answer.header("connection") == "close")
            #expect(answer.hasSuffix("no"))
            #expect(await client.readAll() == ("", .closed))
            try await client.close()
            #expect(await scene.settles())
        }
    }

    @Test("and resets the connection behind its response, the response still counts")
    func resets() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 1000000\r\n\r\nhalf")
            _ = await server.read(through: "half")
            try await server.send("HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\n\r\nno")
            #expect(await client.message().hasSuffix("no"))
            try await server.reset()
            #expect(await client.readAll() == ("", .closed))
        }
    }

    @Test("to a client that waits for leave to go on, the connection ends with the answer")
    func refusesExpectation() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(
                post + "expect: 100-continue\r\ncontent-length: 4\r\n\r\n")
            #expect(await server.read(through: "\r\n\r\n").header("expect") == "100-continue")
            try await server.send("HTTP/1.1 417 Expectation Failed\r\ncontent-length: 2\r\n\r\nno")
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 417"))
            #expect(answer.header("connection") == "close")
            #expect(await client.readAll() == ("", .closed))
            _ = await server.ended()
        }
    }

    @Test("with a stream, both go on side by side")
    func bothWays() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "transfer-encoding: chunked\r\n\r\n3\r\none\r\n")
            _ = await server.read(through: "one\r\n")
            try await server.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n1\r\n")
            _ = await client.read(through: "1\r\n1\r\n")
            try await client.send("3\r\ntwo\r\n")
            _ = await server.read(through: "two\r\n")
            try await server.send("1\r\n2\r\n")
            _ = await client.read(through: "1\r\n2\r\n")
            try await client.send("0\r\n\r\n")
            #expect(await server.read(through: "0\r\n\r\n") == "0\r\n\r\n")
            try await server.send("0\r\n\r\n")
            #expect(await client.read(through: "0\r\n\r\n") == "0\r\n\r\n")
        }
    }
}
