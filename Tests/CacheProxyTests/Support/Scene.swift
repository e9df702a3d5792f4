import CacheProxy
import NIOCore
import NIOPosix
import NIOSSL

/// A proxy between clients and an upstream that do exactly what the test says.
struct Scene: Sendable {
    let proxy: ProxyServer
    let upstream: ScriptedUpstream

    func client() async throws -> Wire { try await Wire.connect(to: proxy.port) }

    /// A client that has sent something, and the upstream's connection that it reached.
    func exchange(_ request: String) async throws -> (client: Wire, server: Wire) {
        let client = try await client()
        try await client.send(request)
        return (client, try await upstream.accept())
    }

    /// Comes back once no client and no more than some upstream connections are left; the proxy's loop is asked until then.
    func settles(upstreams: Int = 0) async -> Bool {
        for _ in 0..<100_000 {
            let counts = await proxy.counts()
            if counts.clients == 0, counts.upstreams <= upstreams { return true }
            await Task.yield()
        }
        return false
    }
}

func withProxy(
    timeouts: ProxyConfiguration.Timeouts = .patient, limits: ProxyConfiguration.Limits = .init(),
    _ body: (Scene) async throws -> Void
) async throws {
    let upstream = try await ScriptedUpstream.start()
    let target = try ProxyUpstream("http://127.0.0.1:\(upstream.port)")
    var configuration = ProxyConfiguration(routes: Routes(fallback: target), limits: limits, timeouts: timeouts)
    configuration.timeouts.drain = .zero
    let proxy = try await ProxyServer.start(configuration)
    do {
        try await body(Scene(proxy: proxy, upstream: upstream))
    } catch {
        await proxy.stop()
        throw error
    }
    await proxy.stop()
    await upstream.stop()
}

extension ProxyConfiguration.Timeouts {
    /// On a machine that is busy with other things, tests may take their time.
    static let patient = Self(
        connect: .seconds(3600), headers: .seconds(3600), idle: .seconds(3600), keepAlive: .seconds(3600))
}

let post = "POST /v1/messages HTTP/1.1\r\nhost: proxy\r\n"
let get = "GET /v1/models HTTP/1.1\r\nhost: proxy\r\n\r\n"
let fine = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine"

extension String {
    /// The value of a header of a message, nil if it has none.
    func header(_ name: String) -> String? {
        for line in split(separator: "\r\n").dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            if line[..<colon].lowercased() == name {
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
        }
        return nil
    }
}
