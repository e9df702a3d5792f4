import Testing
import WarmerService

/// Every kind of mistake in a scope, with the one line that tells of it.
@Suite("A scope with a mistake")
struct BrokenScopeTests {
    private func faults(
        _ scope: String, request: String? = Prompts.request(), more: String = ""
    ) async throws -> [String] {
        let files = request.map { ["support.json": $0] } ?? [:]
        return try await Folder(files).faults(Prompts.yaml(scope: scope, more: more))
    }

    private static func scope(policy: String) -> String { "name: support\nrequest: support.json\npolicy: \(policy)" }

    @Test("that names a missing prompt file tells which")
    func missingFile() async throws {
        #expect(
            try await faults(Prompts.scope, request: nil) == [
                "warmer.yaml:6:14: scopes.0.request: support.json: there is no such file; paths count from the folder of "
                    + "this file"
            ])
    }

    @Test("that has broken JSON in its file tells the line and column there")
    func brokenJSON() async throws {
        #expect(
            try await faults(Prompts.scope, request: "{\n  \"model\": \"claude-sonnet-5-5\",\n  \"system\": [}\n}\n")
                == [
                    "support.json:3:14: not valid JSON: expected a JSON value; mend it there"
                ])
    }

    @Test("that has a member of the wrong shape in its file tells the place there and its path")
    func wrongShape() async throws {
        #expect(
            try await faults(Prompts.scope, request: "{\n  \"model\": \"claude-sonnet-5-5\",\n  \"system\": 5\n}\n")
                == [
                    "support.json:3:13: system: must be a string or an array of blocks"
                ])
        #expect(
            try await faults(Prompts.scope, request: "{}") == [
                #"support.json:1:1: model: must name a model, for example "claude-sonnet-5-5""#
            ])
    }

    private static func blocks(_ markers: [String]) -> String {
        let blocks = markers.map { #"    {"type": "text", "text": "\#(Prompts.book)", "cache_control": \#($0)}"# }
        return "{\n  \"model\": \"claude-sonnet-5-5\",\n  \"system\": [\n\(blocks.joined(separator: ",\n"))\n  ]\n}\n"
    }

    @Test("that has more than four breakpoints is told how many to remove")
    func fiveBreakpoints() async throws {
        let marker = #"{"type": "ephemeral"}"#
        #expect(
            try await faults(Prompts.scope, request: Self.blocks(Array(repeating: marker, count: 5))) == [
                "support.json:1:1: at most 4 cache_control markers may be set, found 5; remove 1"
            ])
    }

    @Test("that asks for an hour after five minutes is told where")
    func hourAfterMinutes() async throws {
        let markers = [#"{"type": "ephemeral"}"#, #"{"type": "ephemeral", "ttl": "1h"}"#]
        #expect(
            try await faults(Prompts.scope, request: Self.blocks(markers)) == [
                "support.json:5:5: system.1: a 1h cache_control must not come after the 5m one at system.0; move it "
                    + "before, or use one lifetime for both"
            ])
    }

    @Test("that has a prefix surely below the model's minimum is told that it would never be cached")
    func belowMinimum() async throws {
        #expect(
            try await faults(Prompts.scope, request: Prompts.request(text: "Be brief.")) == [
                "warmer.yaml:6:14: scopes.0.request: support.json: the prefix up to system.0 is surely below the minimum "
                    + "of 512 tokens of claude-sonnet-5-5, so the provider would never cache it; leave it out or make it "
                    + "longer"
            ])
    }

    @Test("that has a model without a price is told to add one")
    func unknownModel() async throws {
        #expect(
            try await faults(Prompts.scope, request: Prompts.request(model: "claude-sonet-5-5")) == [
                "warmer.yaml:6:14: scopes.0.request: support.json: no price is known for claude-sonet-5-5, so it is not "
                    + "warmed; add it to a price file"
            ])
    }

    @Test("that marks nothing is told what to mark")
    func noBreakpoint() async throws {
        let request = "{\"model\": \"claude-sonnet-5-5\", \"system\": \"\(Prompts.book)\"}"
        #expect(
            try await faults(Prompts.scope, request: request) == [
                "warmer.yaml:6:14: scopes.0.request: support.json: bears no cache_control; mark the last shared block "
                    + #"with {"type":"ephemeral"}"#
            ])
    }

    @Test("that has a policy for another lifetime than its breakpoint asks for is told both")
    func otherLifetime() async throws {
        #expect(
            try await faults(Self.scope(policy: "every:3000s@1h")) == [
                "warmer.yaml:6:14: scopes.0.request: support.json: policy every:3000s@1h is for another lifetime than "
                    + "system.0 asks for (5m); change the policy or the marker's ttl"
            ])
    }

    @Test("that has an interval which is no shorter than the lifetime is told why that is useless")
    func longInterval() async throws {
        #expect(
            try await faults(Self.scope(policy: "every:300s@5m")) == [
                "warmer.yaml:7:13: scopes.0.policy: interval 300s is not below the lifetime of 300s: the entry would be "
                    + "gone before each ping, and each would pay for a write; take at most 299s"
            ])
    }

    @Test("that has an unknown policy is told the nearest and all that there are")
    func unknownPolicy() async throws {
        let faults = try await faults(Self.scope(policy: "evry:240s@5m"))
        #expect(faults.count == 1)
        #expect(
            faults[0].hasPrefix("warmer.yaml:7:13: scopes.0.policy: there is no policy 'evry:240s@5m': did you mean"))
    }

    @Test("that has a policy which knows the future is told what to take")
    func optimum() async throws {
        let faults = try await faults(Self.scope(policy: "optimum"))
        #expect(faults.count == 1)
        #expect(faults[0].hasPrefix("warmer.yaml:7:13: scopes.0.policy: 'optimum' knows the future"))
        #expect(faults[0].hasSuffix("take adaptive"))
    }

    @Test("that needs arrivals where nobody can tell of them is refused")
    func noArrivals() async throws {
        #expect(
            try await faults(Self.scope(policy: "idle:2@5m"), more: "dashboard: off") == [
                "warmer.yaml:7:13: scopes.0.policy: 'idle:2@5m' needs to be told of arrivals, and with dashboard: off "
                    + "nobody can tell: remove dashboard: off, or take a policy such as every:285s@5m"
            ])
        #expect(try await faults(Self.scope(policy: "idle:2@5m")) == [])
    }

    @Test("that has hours which never open is told so")
    func neverOpen() async throws {
        #expect(
            try await faults(Prompts.scope + "\nactive: Mon 08:00-08:00") == [
                "warmer.yaml:8:13: scopes.0.active: 'Mon 08:00-08:00' never opens: '08:00-08:00' ends when it begins; "
                    + "all day is 00:00-24:00"
            ])
        #expect(
            try await faults(Prompts.scope + "\nat: Mo 08:00") == [
                "warmer.yaml:8:9: scopes.0.at: 'Mo 08:00' has the day 'Mo', which is not known: did you mean Mon? days "
                    + "are Mon to Sun, or daily"
            ])
    }

    @Test("that names an upstream which is not there is told the nearest")
    func unknownUpstream() async throws {
        #expect(
            try await faults(Prompts.scope + "\nupstream: antropic") == [
                "warmer.yaml:8:15: scopes.0.upstream: there is no upstream 'antropic': did you mean anthropic? there is "
                    + "anthropic"
            ])
    }

    @Test("that does not say which of several upstreams it means is asked to")
    func whichUpstream() async throws {
        let yaml = Prompts.yaml(scope: Prompts.scope).replacing(
            "budget:", with: "  other: { url: http://127.0.0.1:1, api_key: { env: ANTHROPIC_API_KEY } }\nbudget:")
        let folder = try Folder(["support.json": Prompts.request()])
        #expect(
            try await folder.faults(yaml) == [
                "warmer.yaml:6:5: scopes.0.upstream: is missing: there are several: choose one of anthropic, other"
            ])
    }

    @Test("that has a name which is taken or cannot stand in a URL is refused")
    func names() async throws {
        let second = "  - { name: support, request: support.json, policy: off@5m }"
        #expect(
            try await faults(Prompts.scope, more: second) == [
                "warmer.yaml:8:13: scopes.1.name: there is a scope 'support' already: choose another name"
            ])
        #expect(
            try await faults("name: a/b\nrequest: support.json\npolicy: off@5m") == [
                "warmer.yaml:5:11: scopes.0.name: 'a/b' is no name: take up to 100 letters, digits, '-', '_' and '.'"
            ])
    }

    @Test("that has its prompt nowhere or twice is told to have it once")
    func noPrompt() async throws {
        #expect(
            try await faults("name: support\npolicy: off@5m") == [
                "warmer.yaml:5:5: scopes.0.request: is missing: name a file with a body of /v1/messages, or write model "
                    + "and system here"
            ])
        #expect(
            try await faults(Prompts.scope + "\nsystem: Be brief.") == [
                "warmer.yaml:8:5: scopes.0.system: stands beside request, which has it all: remove one of both"
            ])
    }

    @Test("that has a mistake in a prompt of its own is told the place in the configuration")
    func inline() async throws {
        let prompt = """
            name: support
            policy: every:240s@5m
            model: claude-sonnet-5-5
            system:
              - { type: text, text: "\(Prompts.book)", cache_control: { type: ephemeral, ttl: 2h } }
            """
        let column = 72 + Prompts.book.count
        #expect(
            try await faults(prompt) == [
                #"warmer.yaml:9:\#(column): scopes.0.system.0.cache_control.ttl: must be "5m" or "1h""#
            ])
        #expect(
            try await faults("name: support\npolicy: off@5m\nsystem: Be brief.") == [
                "warmer.yaml:5:5: scopes.0.model: is missing: the id that the real traffic uses, in the same spelling"
            ])
        #expect(
            try await faults("name: support\npolicy: off@5m\nmodel: claude-sonnet-5-5\nsystem: Be brief.") == [
                "warmer.yaml:5:5: scopes.0: the prefix up to system.0 is surely below the minimum of 512 tokens of "
                    + "claude-sonnet-5-5, so the provider would never cache it; leave it out or make it longer"
            ])
    }

    @Test("that sets a header which is not its own to set is refused")
    func headers() async throws {
        #expect(
            try await faults(Prompts.scope + "\nheaders: { x-api-key: sk-ant-api03-abc, host: a }") == [
                "warmer.yaml:8:27: scopes.0.headers.x-api-key: keys do not belong into this file: name the variable that "
                    + "holds it under upstreams",
                "warmer.yaml:8:51: scopes.0.headers.host: is no header to set here: give those of the real traffic that "
                    + "decide over the cache",
            ])
    }
}
