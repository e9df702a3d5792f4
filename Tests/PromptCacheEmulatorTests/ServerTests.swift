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
        _ emulator: Emulator, _ path: String = "/v1/messages", body: String? = nil, bytes: [UInt8]? = nil,
        headers: [(String, String)] = [("x-api-key", "sk-emu-me-1"), ("anthropic-version", "2023-06-01")]
    ) async throws -> (status: Int, headers: [String: String], body: [UInt8]) {
        var request = HTTPClientRequest(url: emulator.baseURL + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let bytes = bytes ?? body.map({ Array($0.utf8) }) {
            request.method = .POST
            request.body = .bytes(ByteBuffer(bytes: bytes))
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

    @Test("A compressed body is read, and one that is broken is refused")
    func compressed() async throws {
        try await Emulator.run { emulator in
            // {"model":"claude-sonnet-5-5","messages":[{"role":"user","content":"Hi"}]} by Python's gzip.
            let body: [UInt8] = [
                31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 205, 79, 73, 205, 81, 178, 82, 74, 206, 73, 44, 77, 73,
                213, 45, 206, 207, 203, 75, 45, 209, 53, 213, 53, 85, 210, 81, 202, 77, 45, 46, 78, 76, 79, 45, 86, 178,
                138, 174, 86, 42, 202, 207, 73, 5, 170, 43, 45, 78, 45, 2, 74, 37, 231, 231, 149, 164, 230, 149, 0, 5,
                60, 50, 149, 106, 99, 107, 1, 99, 163, 94, 14, 73, 0, 0, 0,
            ]
            let headers = [
                ("x-api-key", "sk-emu-me-1"), ("anthropic-version", "2023-06-01"), ("content-encoding", "gzip"),
            ]
            let path = "/v1/messages/count_tokens"
            let counted = try await send(emulator, path, bytes: body, headers: headers)
            #expect(try JSONText(counted.body).root["input_tokens"]?.integer == 8)
            let broken = try await send(emulator, path, bytes: Array(body.dropLast(9)), headers: headers)
            #expect(broken.status == 400)
        }
    }

    @Test("A region is another cache at the same key")
    func regions() async throws {
        try await Emulator.run { emulator in
            for path in ["/v1/messages", "/region/eu/v1/messages", "/region/eu/v1/messages"] {
                let response = try await send(emulator, path, body: Bodies.request())
                #expect(response.status == 200)
            }
            let bill = emulator.bill(of: "me")
            #expect(bill.write5m == 2 * 1004 && bill.read == 1004)
        }
    }

    @Test("A stream may end in an error after its 200, or in the middle of nowhere")
    func brokenStreams() async throws {
        try await Emulator.run { emulator in
            try emulator.setFaults(#"[{"stream_error":"overloaded_error"}]"#)
            let stream = Bodies.request(extra: #""stream":true,"#)
            let ended = try await send(emulator, body: stream)
            let text = String(decoding: ended.body, as: UTF8.self)
            #expect(ended.status == 200 && text.contains("event: error\n") && !text.contains("message_stop"))
            try emulator.setFaults(#"[{"cut":"mid"}]"#)
            await #expect(throws: (any Error).self) { try await send(emulator, body: stream) }
            await #expect(throws: (any Error).self) { try await send(emulator, body: Bodies.request()) }
            #expect(emulator.log.map(\.faults) == [["stream_error overloaded_error"], ["cut mid"], ["cut mid"]])
        }
    }

    @Test("With a server tool, what follows the last breakpoint is written for 5 minutes though nobody asked")
    func serverTools() async throws {
        try await Emulator.run { emulator in
            let tools = #"{"type":"web_search_20250305","name":"web_search"}"#
            let response = try await send(emulator, body: Bodies.request(tools: tools))
            #expect(response.status == 200)
            let bill = emulator.bill(of: "me")
            #expect(bill.input == 0 && bill.write5m > 1004 + 8)
        }
    }

    @Test("Limits are set over HTTP, and what is no limit is refused")
    func settingLimits() async throws {
        try await Emulator.run { emulator in
            #expect(try await send(emulator, "/emulator/limits", body: #"{"requests":1}"#).status == 200)
            #expect(try await send(emulator, body: Bodies.request()).status == 200)
            let refused = try await send(emulator, body: Bodies.request())
            #expect(refused.status == 429 && refused.headers["retry-after"] != nil)
            #expect(try await send(emulator, "/emulator/limits", body: #"{"reqests":1}"#).status == 400)
        }
    }
}
