import Testing

@Suite("Bodies and their delimiters", .timeLimit(.minutes(10)))
struct FramingTests {
    @Test(
        "a response without a body has none, whatever its headers say",
        arguments: [
            ("HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"),
            ("HEAD", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
            ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
            ("GET", "HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n"),
        ])
    func bodiless(_ method: String, _ response: String) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange("\(method) / HTTP/1.1\r\nhost: x\r\n\r\n")
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(response)
            let head = await client.read(through: "\r\n\r\n")
            #expect(head.header("transfer-encoding") == nil)
            if response.contains("1000") { #expect(head.header("content-length") == "1000") }
            // The connection is in step: the next response is read as one.
            try await client.send(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test("chunks and trailers go through both ways")
    func trailers() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(
                post + "te: trailers\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n"
                    + "4\r\nbody\r\n0\r\nx-sum: 1\r\n\r\n")
            let request = await server.read(through: "x-sum: 1\r\n\r\n")
            #expect(request.header("trailer") == "x-sum")
            #expect(request.hasSuffix("4\r\nbody\r\n0\r\nx-sum: 1\r\n\r\n"))
            let response = "4\r\nfine\r\n0\r\nx-sum: 2\r\n\r\n"
            try await server.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + response)
            #expect(await client.read(through: "x-sum: 2\r\n\r\n").hasSuffix(response))
        }
    }

    @Test("leave to go on comes from the upstream, and the body after it")
    func expectation() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "expect: 100-continue\r\ncontent-length: 4\r\n\r\n")
            #expect(await server.read(through: "\r\n\r\n").header("expect") == "100-continue")
            try await server.send("HTTP/1.1 100 Continue\r\n\r\n")
            #expect(await client.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("body")
            #expect(await server.read(through: "body") == "body")
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test("hints that come before a response go through")
    func hints() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + fine)
            #expect(await client.read(through: "\r\n\r\n").contains("link: x"))
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test("a client of HTTP/1.0 gets no chunks, and the end of the connection as the end")
    func old() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange("GET / HTTP/1.0\r\n\r\n")
            #expect(await server.read(through: "\r\n\r\n").hasPrefix("GET / HTTP/1.1\r\n"))
            try await server.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n")
            let answer = await client.readAll()
            #expect(answer.text.header("transfer-encoding") == nil)
            #expect(answer.text.hasSuffix("\r\n\r\nfine"))
            #expect(answer.end == .closed)
        }
    }

    @Test("any method and any body goes through, byte for byte", arguments: ["DELETE", "PUT", "PATCH", "OPTIONS"])
    func methods(_ method: String) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(
                "\(method) /x%20y?a=b&c HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n\0\u{1}{\"")
            let request = await server.message()
            #expect(request.hasPrefix("\(method) /x%20y?a=b&c HTTP/1.1\r\n"))
            #expect(request.hasSuffix("\r\n\r\n\0\u{1}{\""))
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }
}
