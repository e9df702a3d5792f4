import CacheProxy
import Testing

@Suite("Stopping", .timeLimit(.minutes(10)))
struct StopTests {
    private func start(drain: Duration) async throws -> Scene {
        let upstream = try await ScriptedUpstream.start()
        let target = try ProxyUpstream("http://127.0.0.1:\(upstream.port)")
        let proxy = try await ProxyServer.start(
            ProxyConfiguration(routes: Routes(fallback: target), timeouts: .init(drain: drain)))
        return Scene(proxy: proxy, upstream: upstream)
    }

    @Test("a request under way comes to its end, and then its connection; nobody new is let in")
    func drains() async throws {
        let scene = try await start(drain: .seconds(50))
        let unused = try await scene.client()
        let (client, server) = try await scene.exchange(get)
        _ = await server.read(through: "\r\n\r\n")
        async let stopped: Void = scene.proxy.stop()
        #expect(await unused.ended() == .closed)
        await #expect(throws: (any Error).self) { try await scene.client() }
        try await server.send(fine)
        let answer = await client.readAll()
        #expect(answer.text.hasSuffix("fine"))
        #expect(answer.text.header("connection") == "close")
        await stopped
        await scene.upstream.stop()
    }

    @Test("one that does not is cut off when its time is up")
    func limited() async throws {
        let scene = try await start(drain: .milliseconds(50))
        let (client, server) = try await scene.exchange(get)
        _ = await server.read(through: "\r\n\r\n")
        await scene.proxy.stop()
        _ = await client.ended()
        _ = await server.ended()
        await scene.upstream.stop()
    }
}
