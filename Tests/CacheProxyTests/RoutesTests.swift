import Testing

@testable import CacheProxy

@Suite("Routes")
struct RoutesTests {
    private static let routes = try! Routes(
        fallback: ProxyUpstream("https://api.anthropic.com/v1/"),
        rules: [Routes.Rule("/eu=https://eu.example.com/gateway/"), Routes.Rule("Local.test=http://127.0.0.1:8080")])

    @Test(
        "by path prefix, by host, or to the upstream",
        arguments: [
            ("/v1/messages?beta=true", "proxy:8787", "https://api.anthropic.com", "/v1/messages?beta=true"),
            ("/eu/v1/messages", "proxy:8787", "https://eu.example.com/gateway", "/gateway/v1/messages"),
            ("/eu", "x", "https://eu.example.com/gateway", "/gateway/"),
            ("/eu?x", "x", "https://eu.example.com/gateway", "/gateway/?x"),
            ("/europe", "x", "https://api.anthropic.com", "/europe"),
            ("/v1/models", "LOCAL.test:1", "http://127.0.0.1:8080", "/v1/models"),
            ("http://evil.test/v1/models", "evil.test", "https://api.anthropic.com", "/v1/models"),
            ("http://evil.test?x", "evil.test", "https://api.anthropic.com", "/?x"),
            ("*", "x", "https://api.anthropic.com", "*"),
        ])
    func destinations(_ target: String, _ host: String, _ endpoint: String, _ result: String) {
        let destination = Self.routes.destination(of: target, host: host)
        #expect(destination.upstream.endpoint == endpoint)
        #expect(destination.target == result)
    }

    @Test(
        "an upstream is a base URL and nothing else",
        arguments: [
            "", "api.anthropic.com", "ftp://x", "http://", "http://a:b@c", "http://x?y", "http://x:0", "http://x:y",
            "http://a b", "http://::1",
        ])
    func faults(_ url: String) {
        #expect(throws: ProxyUpstreamError.self) { try ProxyUpstream(url) }
    }

    @Test("ports and hosts are read as they are in URLs")
    func parts() throws {
        let v6 = try ProxyUpstream("http://[::1]:8080/x/")
        #expect(v6.host == "::1" && v6.port == 8080 && v6.authority == "[::1]:8080" && v6.basePath == "/x")
        #expect(try ProxyUpstream("HTTPS://API.test").endpoint == "https://api.test")
    }
}
