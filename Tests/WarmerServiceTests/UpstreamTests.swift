import Testing
import WarmerService

@Suite("An upstream")
struct UpstreamTests {
    private func faults(
        _ upstream: String, environment: [String: String] = Folder.environment
    ) async throws -> [String] {
        let folder = try Folder(["support.json": Prompts.request()])
        let yaml = Prompts.yaml(scope: Prompts.scope)
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        return try await folder.faults(
            ([lines[0], "  anthropic: \(upstream)"] + lines[2...]).joined(separator: "\n"), environment: environment)
    }

    @Test("whose key's variable is not set says which, and that it must be exported")
    func missingVariable() async throws {
        let upstream = "{ url: https://api.anthropic.com, api_key: { env: MY_KEY } }"
        for environment in [[:], ["MY_KEY": ""]] {
            #expect(
                try await faults(upstream, environment: environment) == [
                    "warmer.yaml:2:64: upstreams.anthropic.api_key.env: the environment variable MY_KEY is not set: "
                        + "export it before starting"
                ])
        }
    }

    @Test("whose key stands in the file is refused, and the key is not shown")
    func keyInFile() async throws {
        #expect(
            try await faults("{ url: https://api.anthropic.com, api_key: sk-ant-api03-abc }") == [
                "warmer.yaml:2:57: upstreams.anthropic.api_key: keys do not belong into this file: write { env: NAME } "
                    + "with the variable that holds it"
            ])
    }

    @Test("whose key is a subscription's token is refused, and the token is not shown")
    func subscription() async throws {
        let upstream = "{ url: https://api.anthropic.com, api_key: { env: K } }"
        #expect(
            try await faults(upstream, environment: ["K": "sk-ant-oat01-abc"]) == [
                "warmer.yaml:2:64: upstreams.anthropic.api_key.env: K holds a subscription token, which may not pay for "
                    + "pings: take an API key"
            ])
        #expect(
            try await faults(upstream, environment: ["K": "sk-ant\n"]) == [
                "warmer.yaml:2:64: upstreams.anthropic.api_key.env: K holds spaces or other characters that no key has: "
                    + "export the key alone"
            ])
    }

    @Test(
        "whose URL is none is refused",
        arguments: [
            "api.anthropic.com", "ftp://example.com", "https://", "https://example.com/?a=b", "https://exa mple.com",
        ])
    func badURL(url: String) async throws {
        #expect(
            try await faults("{ url: \"\(url)\", api_key: { env: ANTHROPIC_API_KEY } }") == [
                "warmer.yaml:2:21: upstreams.anthropic.url: '\(url)' is no base URL: write it like "
                    + "https://api.anthropic.com or http://127.0.0.1:8080"
            ])
    }

    @Test("whose URL bears a password is refused, and the password is not shown")
    func passwordInURL() async throws {
        #expect(
            try await faults("{ url: https://me:hush@example.com, api_key: { env: ANTHROPIC_API_KEY } }") == [
                "warmer.yaml:2:21: upstreams.anthropic.url: a base URL bears no name and no password: take them out, and "
                    + "give the key as api_key"
            ])
    }

    @Test("sends its key in one of two ways")
    func auth() async throws {
        #expect(
            try await faults(
                "{ url: https://api.anthropic.com, api_key: { env: ANTHROPIC_API_KEY }, auth: basic }"
            ) == [
                "warmer.yaml:2:91: upstreams.anthropic.auth: 'basic' is no way to send a key: there are x-api-key, "
                    + "which is usual, and bearer"
            ])
    }
}
