import Testing

@Suite("Streams", .timeLimit(.minutes(10)))
struct StreamingTests {
    @Test("each event reaches the client before the next is sent, in its own chunk")
    func events() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 15\r\n\r\n{\"stream\":true}")
            _ = await server.read(through: "true}")
            try await server.send(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
            #expect(await client.read(through: "\r\n\r\n").header("content-type") == "text/event-stream")
            for event in ["event: ping\ndata: {}\n\n", "event: message_stop\ndata: {}   \n\n"] {
                let chunk = "\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n"
                try await server.send(chunk)
                #expect(await client.read(through: "\n\n\r\n") == chunk)
            }
            try await server.send("0\r\n\r\n")
            #expect(await client.read(through: "0\r\n\r\n") == "0\r\n\r\n")
        }
    }

    @Test("a hundred streams at once go side by side")
    func many() async throws {
        try await withProxy { scene in
            var pairs: [(client: Wire, server: Wire)] = []
            for _ in 0..<100 {
                let pair = try await scene.exchange(get)
                _ = await pair.server.read(through: "\r\n\r\n")
                try await pair.server.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                pairs.append(pair)
            }
            for round in 1...3 {
                for (client, server) in pairs.reversed() {
                    try await server.send("1\r\n\(round)\r\n")
                    #expect(await client.read(through: "1\r\n\(round)\r\n").hasSuffix("1\r\n\(round)\r\n"))
                }
            }
        }
    }
}
