import Testing

@Suite("When a client goes away", .timeLimit(.minutes(10)))
struct ClientDisconnectTests {
    @Test("before it has said anything, nobody is bothered")
    func silent() async throws {
        try await withProxy { scene in
            let client = try await scene.client()
            try await client.close()
            #expect(await scene.settles())
        }
    }

    @Test("within its headers, no upstream hears of it", arguments: ["P", "POST /v1/messages HTTP/1.1\r\nhost: pro"])
    func withinHeaders(_ part: String) async throws {
        try await withProxy { scene in
            let client = try await scene.client()
            try await client.send(part)
            try await client.close()
            #expect(await scene.settles())
        }
    }

    @Test("within its body, the upstream's connection ends", arguments: [false, true])
    func withinBody(byReset: Bool) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 10\r\n\r\nhalf")
            _ = await server.read(through: "half")
            if byReset { try await client.reset() } else { try await client.close() }
            #expect(await server.readAll().text == "")
            #expect(await scene.settles())
        }
    }

    @Test("before the response, the upstream's connection ends", arguments: [false, true])
    func beforeResponse(byReset: Bool) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 4\r\n\r\nbody")
            _ = await server.read(through: "body")
            if byReset { try await client.reset() } else { try await client.close() }
            #expect(await server.readAll().text == "")
            #expect(await scene.settles())
        }
    }

    @Test("within the response, the upstream's connection ends", arguments: [false, true])
    func withinResponse(byReset: Bool) async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(post + "content-length: 4\r\n\r\nbody")
            _ = await server.read(through: "body")
            try await server.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n")
            _ = await client.read(through: "part")
            if byReset { try await client.reset() } else { try await client.close() }
            _ = await server.ended()
            #expect(await scene.settles())
        }
    }

    @Test("while its upstream is still being connected to, the fresh connection serves the next")
    func duringConnect() async throws {
        try await withProxy { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await client.close()
            _ = await server.ended()
            let (next, another) = try await scene.exchange(get)
            _ = await another.read(through: "\r\n\r\n")
            try await another.send(fine)
            #expect(await next.message().hasSuffix("fine"))
        }
    }
}
