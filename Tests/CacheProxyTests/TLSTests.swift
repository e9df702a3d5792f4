import CacheProxy
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@Suite("TLS", .timeLimit(.minutes(10)))
struct TLSTests {
    /// A proxy before an upstream that speaks TLS with a certificate.
    private func withTLSUpstream(
        _ certificate: String, host: String, trusting authority: String?, serverTLS: TLSConfiguration? = nil,
        _ body: (Scene) async throws -> Void
    ) async throws {
        let tls = try NIOSSLContext(configuration: TestCertificates.server(certificate))
        let upstream = try await ScriptedUpstream.start { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        }
        let target = try ProxyUpstream("https://\(host):\(upstream.port)")
        let proxy = try await ProxyServer.start(
            ProxyConfiguration(
                routes: Routes(fallback: target), serverTLS: serverTLS,
                upstreamTLS: TestCertificates.client(trusting: authority), timeouts: .init(drain: .zero)))
        do {
            try await body(Scene(proxy: proxy, upstream: upstream))
        } catch {
            await proxy.stop()
            throw error
        }
        await proxy.stop()
        await upstream.stop()
    }

    @Test("an upstream whose certificate is good is spoken to", arguments: ["localhost", "127.0.0.1"])
    func good(_ host: String) async throws {
        try await withTLSUpstream(TestCertificates.server, host: host, trusting: TestCertificates.authority) { scene in
            let (client, server) = try await scene.exchange(get)
            #expect(await server.read(through: "\r\n\r\n").header("host") == "\(host):\(scene.upstream.port)")
            try await server.send(fine)
            #expect(await client.message().hasSuffix("fine"))
        }
    }

    @Test(
        "one whose certificate is for another name, or by nobody trusted, hears nothing",
        arguments: [
            (TestCertificates.other, "localhost", TestCertificates.authority),
            (TestCertificates.other, "127.0.0.1", TestCertificates.authority),
            (TestCertificates.server, "localhost", nil),
        ] as [(String, String, String?)])
    func bad(_ certificate: String, _ host: String, _ authority: String?) async throws {
        try await withTLSUpstream(certificate, host: host, trusting: authority) { scene in
            let client = try await scene.client()
            try await client.send(get)
            let answer = await client.message()
            #expect(answer.hasPrefix("HTTP/1.1 502"))
            #expect(answer.contains("its TLS connection failed"))
            let server = try await scene.upstream.accept()
            #expect(await server.readAll().text == "")
        }
    }

    @Test("an upstream that speaks no TLS is named as such")
    func plainUpstream() async throws {
        let upstream = try await ScriptedUpstream.start()
        let target = try ProxyUpstream("https://localhost:\(upstream.port)")
        let proxy = try await ProxyServer.start(
            ProxyConfiguration(routes: Routes(fallback: target), timeouts: .init(drain: .zero)))
        let client = try await Wire.connect(to: proxy.port)
        try await client.send(get)
        let server = try await upstream.accept()
        try await server.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        #expect(await client.message().contains("its TLS connection failed"))
        await proxy.stop()
        await upstream.stop()
    }

    @Test("a stream that ends without TLS's own end is cut, not whole")
    func truncated() async throws {
        try await withTLSUpstream(
            TestCertificates.server, host: "localhost", trusting: TestCertificates.authority
        ) { scene in
            let (client, server) = try await scene.exchange(get)
            _ = await server.read(through: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\n\r\npart")
            _ = await client.read(through: "part")
            // Below TLS, which therefore says no goodbye.
            try await server.channel.eventLoop.submit {
                try server.channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
                    .close(promise: nil)
            }.get()
            #expect(await !client.readAll().text.contains("0\r\n\r\n"))
        }
    }

    @Test("clients may speak TLS to the proxy as well")
    func clients() async throws {
        try await withTLSUpstream(
            TestCertificates.server, host: "localhost", trusting: TestCertificates.authority,
            serverTLS: TestCertificates.server(TestCertificates.server)
        ) { scene in
            let tls = try NIOSSLContext(configuration: TestCertificates.client())
            let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: scene.proxy.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                        return try Wire.wrap(channel)
                    }
                }
            try await client.send(post + "content-length: 4\r\nconnection: close\r\n\r\nbody")
            let server = try await scene.upstream.accept()
            #expect(await server.message().hasSuffix("body"))
            try await server.send(fine)
            #expect(await client.readAll().text.hasSuffix("fine"))
        }
    }

    @Test("a client that speaks plain HTTP where TLS is wanted gets nothing")
    func plainClient() async throws {
        try await withTLSUpstream(
            TestCertificates.server, host: "localhost", trusting: TestCertificates.authority,
            serverTLS: TestCertificates.server(TestCertificates.server)
        ) { scene in
            let client = try await scene.client()
            try await client.send(get)
            #expect(await !client.readAll().text.contains("HTTP/1.1 200"))
            try await client.close()
            #expect(await scene.settles())
        }
    }
}
