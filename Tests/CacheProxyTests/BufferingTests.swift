import Testing

@Suite("Nothing is collected", .timeLimit(.minutes(10)))
struct BufferingTests {
    @Test("a request's first bytes reach the upstream before its last are sent")
    func request() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 8\r\n\r\n")
            #expect(await server.read(through: "\r\n\r\n").header("content-length") == "8")
            try await client.send("half")
            #expect(await server.read(through: "half") == "half")
            try await client.send("rest")
            #expect(await server.read(through: "rest") == "rest")
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test("a response's head reaches the client before its body is sent, and each part before the next")
    func response() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n")
            #expect(await client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
            for letter in ["f", "i", "n", "e"] {
                try await server.send(letter)
                #expect(await client.read(through: letter) == letter)
            }
        }
    }
}
