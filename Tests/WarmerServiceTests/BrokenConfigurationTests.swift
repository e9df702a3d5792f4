import Testing
import WarmerService

/// Every kind of mistake in the configuration itself, with the one line that tells of it.
@Suite("A configuration with a mistake")
struct BrokenConfigurationTests {
    private func faults(
        _ yaml: String, files: [String: String] = ["support.json": Prompts.request()],
        environment: [String: String] = Folder.environment
    ) async throws -> [String] {
        try await Folder(files).faults(yaml, environment: environment)
    }

    @Test("that is broken YAML tells where")
    func brokenYAML() async throws {
        #expect(
            try await faults("budget: { per_day: 5.00\nscopes: []\n") == [
                "warmer.yaml:2:7: not valid YAML: did not find expected ',' or '}', while parsing a flow mapping of line 1; "
                    + "mend it there, indenting with spaces only"
            ])
        #expect(
            try await faults("budget:\n\tper_day: 5.00\n") == [
                "warmer.yaml:2:1: not valid YAML: found character that cannot start any token, while scanning for the "
                    + "next token of line 2; mend it there, indenting with spaces only"
            ])
        #expect(
            try await faults("budget: { per_day: 1 }\nbudget: { per_day: 2 }\n") == [
                "warmer.yaml:1:1: budget stands twice in one mapping; keep one"
            ])
        #expect(
            try await faults("# nothing yet\n") == ["warmer.yaml: is empty: it needs upstreams, budget and scopes"])
    }

    @Test("that has the wrong type somewhere says what should stand there")
    func wrongTypes() async throws {
        #expect(
            try await faults("- upstreams\n") == [
                "warmer.yaml:1:1: must be a mapping such as budget: { per_day: 5.00 }, found a list"
            ])
        #expect(
            try await faults(Prompts.yaml(scope: Prompts.scope + "\nverify: 5\nbetas: one")) == [
                "warmer.yaml:8:13: scopes.0.verify: must be true or false, found '5'",
                "warmer.yaml:9:12: scopes.0.betas: must be a list such as [context-1m-2025-08-07], found 'one'",
            ])
        #expect(
            try await faults(Prompts.yaml(scope: "name:\nrequest: [a]\npolicy: { every: 5 }")) == [
                "warmer.yaml:5:10: scopes.0.name: must be a text such as support, found nothing",
                "warmer.yaml:6:14: scopes.0.request: must be a text such as prompts/support.json, found a list",
                "warmer.yaml:7:13: scopes.0.policy: must be a text such as every:285s@5m, found a mapping",
            ])
    }

    @Test("that lacks a section says what to write")
    func missingSections() async throws {
        #expect(
            try await faults("dashboard: off\n") == [
                "warmer.yaml:1:1: upstreams: is missing: say where pings go, such as anthropic: { url: "
                    + "https://api.anthropic.com, api_key: { env: ANTHROPIC_API_KEY } }",
                "warmer.yaml:1:1: budget: is missing: nothing is sent without a limit; write for example budget: { "
                    + "per_day: 5.00 }",
                "warmer.yaml:1:1: scopes: is missing: say what to keep warm, such as - { name: support, request: "
                    + "prompts/support.json, policy: every:285s@5m }",
            ])
    }

    @Test("that has no daily budget is refused")
    func noBudget() async throws {
        #expect(
            try await faults(Prompts.yaml(scope: Prompts.scope, budget: "{ per_ping: 0.05 }")) == [
                "warmer.yaml:3:9: budget.per_day: is missing: the most that all pings may cost in a day, in USD, such as "
                    + "5.00"
            ])
    }

    @Test(
        "that has money which is none says so",
        arguments: [
            ("$5", "'$5' is not an amount in US dollars: write a plain decimal such as 1.00"),
            ("-1", "'-1' is below zero: an amount must be 0 or more"),
            ("1e2", "'1e2' is not an amount in US dollars: write a plain decimal such as 1.00"),
            (".inf", "'.inf' is not an amount in US dollars: write a plain decimal such as 1.00"),
        ])
    func money(text: String, message: String) async throws {
        #expect(
            try await faults(Prompts.yaml(scope: Prompts.scope, budget: "{ per_day: \(text) }")) == [
                "warmer.yaml:3:20: budget.per_day: \(message)"
            ])
    }

    @Test("that has an unknown time zone names the nearest")
    func timeZone() async throws {
        #expect(
            try await faults(
                Prompts.yaml(scope: Prompts.scope, budget: "{ per_day: 1, time_zone: Europe/Berln }")
            ) == [
                "warmer.yaml:3:34: budget.time_zone: there is no time zone 'Europe/Berln': did you mean Europe/Berlin?"
            ])
    }

    @Test("that holds a password says where it belongs, and does not repeat it")
    func password() async throws {
        let more = "store: { postgres: \"postgres://me:secret@db/warm\" }"
        #expect(
            try await faults(Prompts.yaml(scope: Prompts.scope, more: more)) == [
                "warmer.yaml:8:20: store.postgres: passwords do not belong into this file: write { env: NAME } with the "
                    + "variable that holds the URL, or leave it to PGPASSWORD or ~/.pgpass"
            ])
    }

    @Test("whose proxy is wrong says where and how")
    func proxy() async throws {
        let more = "proxy: { listen: 0.0.0.0:1, upstream: antropic, routes: { /: anthropic }, warm: 5, policy: never }"
        #expect(
            try await faults(Prompts.yaml(scope: Prompts.scope, more: more)).map {
                $0.split(separator: " ").prefix(2).joined(separator: " ")
            } == [
                "warmer.yaml:8:18: proxy.listen:", "warmer.yaml:8:39: proxy.upstream:",
                "warmer.yaml:8:62: proxy.routes./:", "warmer.yaml:8:81: proxy.warm:",
                "warmer.yaml:8:92: proxy.policy:",
            ])
    }

    @Test(
        "that names no database is told how to",
        arguments: [
            ("mysql://db/warm", "this is no URL of a PostgreSQL database: write it like postgres://warmer@db/warmer"),
            ("{ env: NOWHERE }", "the environment variable NOWHERE is not set: export it before starting"),
        ])
    func database(value: String, message: String) async throws {
        let all = try await faults(Prompts.yaml(scope: Prompts.scope, more: "store: { postgres: \(value) }"))
        #expect(all.count == 1 && all[0].hasSuffix(message), "\(all)")
    }

    @Test(
        "that listens where others could reach it is refused",
        arguments: [
            (
                "0.0.0.0:8788",
                "'0.0.0.0:8788' could be reached by other machines: take 127.0.0.1:8788, and a tunnel from elsewhere"
            ),
            (
                "warmer.example:80",
                "'warmer.example:80' could be reached by other machines: take 127.0.0.1:80, and a tunnel from elsewhere"
            ),
            ("8788", "'8788' is no address: write a host and a port such as 127.0.0.1:8788"),
            ("127.0.0.1:99999", "'127.0.0.1:99999' is no address: write a host and a port such as 127.0.0.1:8788"),
        ])
    func listen(address: String, message: String) async throws {
        #expect(
            try await faults(Prompts.yaml(scope: Prompts.scope, more: "dashboard: { listen: \"\(address)\" }")) == [
                "warmer.yaml:8:22: dashboard.listen: \(message)"
            ])
    }

    @Test("that names a price file which is missing or broken tells which and where")
    func prices() async throws {
        let yaml = Prompts.yaml(scope: Prompts.scope, more: "prices: prices.json")
        #expect(
            try await faults(yaml) == [
                "warmer.yaml:8:9: prices: prices.json: there is no such file; paths count from the folder of this file"
            ])
        let files = ["support.json": Prompts.request(), "prices.json": #"{"models": {"a": {"input": 1}}}"#]
        #expect(
            try await faults(yaml, files: files) == [
                #"prices.json:1:18: models.a: "write_5m", "write_1h", "read", "output" missing: an entry gives all "#
                    + "prices, in USD per million tokens"
            ])
    }

    @Test("that cannot be read at all tells why")
    func unreadable() async throws {
        let folder = try Folder()
        await #expect(throws: InvalidConfiguration.self) {
            try await WarmerConfiguration.load("\(folder.path)/none.yaml", environment: [:])
        }
        do {
            _ = try await WarmerConfiguration.load(folder.path, environment: [:])
        } catch {
            #expect("\(error)" == "\(folder.path): it is a folder; check the path")
        }
    }

    @Test("tells of everything at once, in the order of the file")
    func several() async throws {
        let faults = try await faults(
            """
            upstreams:
              anthropic: { url: ftp://example.com, api_key: { env: NONE } }
            budget: { per_day: five }
            scopes:
              - name: support
                request: none.json
                policy: sometimes
            """)
        #expect(
            faults.map { $0.prefix(while: { $0 != " " }) } == [
                "warmer.yaml:2:21:", "warmer.yaml:2:56:", "warmer.yaml:3:20:", "warmer.yaml:6:14:", "warmer.yaml:7:13:",
            ])
    }
}
