import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OrderedJSON
import SteppedTime
import Testing

@testable import PromptCacheEmulator

@Suite("The emulator over HTTP")
struct ServerTests {
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private func send(
        _ emulator: Emulator, _ path: String = "/v1/messages", body: String? = nil,
        headers: [(String, String)] = [("x-api-key", "sk-emu-me-1"), ("anthropic-version", "2023-06-01")]
    ) async throws -> (status: Int, headers: [String: String], body: [UInt8]) {
        var request = HTTPClientRequest(url: emulator.baseURL + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await Self.http.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 24)
        let fields = Dictionary(response.headers.map { ($0.name, $0.value) }) { first, _ in first }
        return (Int(response.status.code), fields, Array(bytes.readableBytesView))
    }

    @Test("Both ways to authenticate work, a missing key or version is refused in the provider's shape")
    func authentication() async throws {
        try await Emulator.run { emulator in
            let version = ("anthropic-version", "2026-10-21")
            let bearer = try await send(
                emulator, body: Bodies.request(), headers: [("authorization", "Bearer sk-emu-me-2"), version])
            #expect(bearer.status == 200)
            #expect(bearer.headers["anthropic-workspace-id"] == "me")
            #expect(bearer.headers["request-id"]?.hasPrefix("req_") == true)
            let missing = try await send(emulator, body: Bodies.request(), headers: [version])
            #expect(missing.status == 401)
            #expect(try JSONText(missing.body).root["error"]?["type"]?.string == "authentication_error")
            let unversioned = try await send(emulator, body: Bodies.request(), headers: [("x-api-key", "k")])
            #expect(unversioned.status == 400)
        }
    }

    @Test("A cold request takes longer than a warm one, in virtual time that nobody waits for")
    func latency() async throws {
        try await Emulator.run { emulator in
            let start = emulator.time.now
            _ = try await send(emulator, body: Bodies.request())
            let cold = emulator.time.now - start
            _ = try await send(emulator, body: Bodies.request())
            let warm = emulator.time.now - start - cold
            #expect(cold == .microseconds(250_000 + 40 * 1012))
            #expect(warm == .microseconds(250_000 + 40 * 8 + 1004))
        }
    }

    @Test("50 parallel cold requests pay 50 writes")
    func parallel() async throws {
        try await Emulator.run { emulator in
            emulator.time.hold()
            async let all: Void = withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask { _ = try await send(emulator, body: Bodies.request()) }
                }
                try await group.waitForAll()
            }
            while emulator.provider.began < 50 { await Task.yield() }
            emulator.time.release()
            try await all
            #expect(emulator.bill(of: "me").write5m == 50 * 1004)
            #expect(try await send(emulator, body: Bodies.request()).status == 200)
            #expect(emulator.bill(of: "me").read == 1004)
        }
    }

    @Test("What was received can be read back to the byte, without credentials")
    func readingBack() async throws {
        try await Emulator.run { emulator in
            let body = Bodies.request()
            _ = try await send(emulator, body: body)
            let rows = try JSONText(try await send(emulator, "/emulator/requests?full=1").body).root
            let row = try #require(rows.elements.first { _ in true })
            #expect(row["body"]?.string == body.base64)
            #expect(row["headers"]?["x-api-key"] == nil)
            #expect(row["headers"]?["anthropic-version"]?.string == "2023-06-01")
            let entries = try JSONText(try await send(emulator, "/emulator/entries").body).root
            #expect(entries.elements.map { $0["prefix_tokens"]?.integer } == [1004])
            #expect(entries.elements.map { $0["ttl_seconds"]?.integer } == [300])
        }
    }

    @Test("A body above 32 MB is refused, and a cut connection gives no answer")
    func limits() async throws {
        try await Emulator.run { emulator in
            let huge = String(repeating: " ", count: 33 << 20)
            #expect(try await send(emulator, body: huge).status == 413)
            try emulator.setFaults(#"[{"cut":"before","count":1}]"#)
            await #expect(throws: (any Error).self) { try await send(emulator, body: Bodies.request()) }
            #expect(try await send(emulator, body: Bodies.request()).status == 200)
        }
    }
}
