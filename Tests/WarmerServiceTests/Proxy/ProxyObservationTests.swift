import CachePrices
import OrderedJSON
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmerService

@Suite("What a proxy sees", .timeLimit(.minutes(10)))
struct ProxyObservationTests {
    @Test("a conversation that grows hits, one that rested too long is a cold start with its cause and its price")
    func growthAndExpiry() async throws {
        let bill = try await RunningProxy.run { proxy in
            let answer1 = try await proxy.post(Talk.body(["a"]))
            #expect(answer1.note == "cold; cause=first-sight")
            await proxy.advance(100)
            let answer2 = try await proxy.post(Talk.body(["a", "b", "c"]))
            #expect(answer2.note == "hit; expires-in=200")
            await proxy.advance(301)
            let answer3 = try await proxy.post(Talk.body(["a", "b", "c", "d", "e"]))
            #expect(answer3.note == "cold; cause=expired")
            #expect(proxy.lines.contains("c1 claude-sonnet-5-5: cold, expired after 301 s"))
        }
        #expect(bill.requests == 3 && bill.hits == 1 && bill.firstSights == 1 && bill.coldStarts == [.expired: 1])
        #expect(bill.lost > .zero && bill.lost < bill.spent && bill.couldHaveSaved > .zero && bill.pings == 0)
    }

    @Test("streams are read as they pass")
    func streams() async throws {
        let bill = try await RunningProxy.run(gate: false) { proxy in
            for _ in 1...2 {
                let answer = try await proxy.post(Talk.body(["a"], more: #","stream":true"#))
                #expect(answer.status == 200)
            }
        }
        #expect(bill.requests == 2 && bill.hits == 1 && bill.firstSights == 1 && bill.unknown == 0)
    }

    @Test("a prompt with a date in it is told from a new one, with what has changed")
    func diverged() async throws {
        let bill = try await RunningProxy.run(gate: false) { proxy in
            _ = try await proxy.post(Talk.body(["a"], system: "It is 2026-11-25T10:00:00Z. \(Prompts.book)"))
            _ = try await proxy.post(Talk.body(["a"], system: "It is 2026-11-25T10:01:07Z. \(Prompts.book)"))
            #expect(proxy.lines.contains("c2 claude-sonnet-5-5: cold, diverged at system.0.text (timestamp)"))
        }
        #expect(bill.coldStarts == [.diverged: 1])
    }

    @Test("why a request missed can be asked for, with what has changed and what it cost")
    func explained() async throws {
        try await RunningProxy.run(gate: false, control: true) { proxy in
            _ = try await proxy.post(Talk.body(["a"], system: "It is 2026-11-25T10:00:00Z. \(Prompts.book)"))
            _ = try await proxy.post(Talk.body(["a"], system: "It is 2026-11-25T10:01:07Z. \(Prompts.book)"))
            let requests = Array(
                try await proxy.ask("/v1/traffic?limit=10")["requests"].map { Array($0.elements) } ?? [])
            #expect(requests.count == 2)
            let last = try #require(requests.first)
            #expect(last["scope"]?.string == "c2" && last["cause"]?.string == "diverged")
            #expect(last["changed"]?["path"]?.string == "system.0.text")
            #expect(last["changed"]?["kind"]?.string == "timestamp")
            #expect(try USD(last["lost_usd"]?.string ?? "0") > .zero)
            let first = try await proxy.ask("/v1/traffic?scope=c1")["requests"].map { Array($0.elements) } ?? []
            #expect(first.count == 1 && first[0]["cause"]?.string == "first sight")
            let misses = try await proxy.ask("/v1/traffic?misses=true")["requests"].map { Array($0.elements) } ?? []
            #expect(misses.count == 1)
        }
    }

    @Test("a change behind a prompt that is still read is told from a conversation of its own")
    func divergedWithin() async throws {
        let bill = try await RunningProxy.run(gate: false) { proxy in
            func turns(_ beginning: String) -> [String] { [beginning + Prompts.book, "b", "c"] }
            _ = try await proxy.post(Talk.body(turns("It is 2026-11-25T10:00:00Z. ")))
            _ = try await proxy.post(Talk.body(turns("It is 2026-11-25T10:07:12Z. ")))
            #expect(proxy.lines.contains("c2 claude-sonnet-5-5: partial, diverged at messages.0"))
            _ = try await proxy.post(Talk.body(turns("Something else altogether: ")))
            #expect(proxy.lines.contains("c3 claude-sonnet-5-5: hit"))
        }
        #expect(bill.coldStarts == [.diverged: 1])
    }

    @Test("an entry that went before its time is told from one that expired")
    func evicted() async throws {
        let bill = try await RunningProxy.run(gate: false) { proxy in
            _ = try await proxy.post(Talk.body(["a"]))
            try proxy.emulator.setFaults(#"[{"evict": true, "count": 1}]"#)
            _ = try await proxy.post(Talk.body(["a"]))
        }
        #expect(bill.coldStarts == [.evictedEarly: 1])
    }

    @Test("what is not marked, or too short, is not a cold start")
    func uncached() async throws {
        let bill = try await RunningProxy.run { proxy in
            let plain = #"{"model":"claude-sonnet-5-5","max_tokens":8,"messages":[{"role":"user","content":"hi"}]}"#
            let answer4 = try await proxy.post(plain)
            #expect(answer4.note == "uncached; cause=not-marked")
            _ = try await proxy.post(
                Talk.body([], system: "short").replacing(
                    #""messages":[]"#, with: #""messages":[{"role":"user","content":"x"}]"#))
            #expect(proxy.lines.contains("uncached, below minimum"))
        }
        #expect(bill.uncached == 2 && bill.coldStartCount == 0)
    }

    @Test("workspaces are apart, two keys of one are not")
    func workspaces() async throws {
        try await RunningProxy.run { proxy in
            _ = try await proxy.post(Talk.body(["a"]), key: "sk-emu-one-1")
            let answer5 = try await proxy.post(Talk.body(["a"]), key: "sk-emu-two-1")
            #expect(answer5.note == "cold; cause=first-sight")
            // The first answer of a key names its workspace; from then on it shares what is known of that.
            _ = try await proxy.post(Talk.body(["x"]), key: "sk-emu-one-2")
            let answer6 = try await proxy.post(Talk.body(["a"]), key: "sk-emu-one-2")
            #expect(answer6.note == "hit; expires-in=300")
        }
    }

    @Test("what cannot be read goes through all the same", arguments: ["", "{", "[]", #"{"model":1}"#, "\u{0}\u{1}"])
    func unreadable(_ body: String) async throws {
        let bill = try await RunningProxy.run { proxy in
            let answer = try await proxy.post(body)
            #expect(answer.status == 400 && answer.note == nil)
            #expect(answer.body.contains("invalid_request_error"))
            let answer7 = try await proxy.post(Talk.body(["a"]))
            #expect(answer7.status == 200)
        }
        #expect(bill.requests == 1 && bill.unknown == 1)
    }

    @Test("a request with more markers than the provider takes is relayed and refused, and nothing is looked for in it")
    func tooManyMarkers() async throws {
        let bill = try await RunningProxy.run(gate: false) { proxy in
            let marked = #"{"type":"text","text":"\#(Prompts.book)","cache_control":{"type":"ephemeral"}}"#
            let content = Array(repeating: marked, count: 5).joined(separator: ",")
            let messages = #"[{"role":"user","content":[\#(content)]}]"#
            let body = #"{"model":"claude-sonnet-5-5","max_tokens":16,"messages":\#(messages)}"#
            let answer = try await proxy.post(body)
            #expect(answer.status == 400 && answer.note == nil)
        }
        #expect(bill.unknown == 1)
    }

    @Test("errors of the provider's pass as they are, and touch nothing")
    func errors() async throws {
        try await RunningProxy.run { proxy in
            try proxy.emulator.setFaults(#"[{"status": 529, "count": 1}]"#)
            let answer8 = try await proxy.post(Talk.body(["a"]))
            #expect(answer8.status == 529)
            let answer9 = try await proxy.post(Talk.body(["a"]))
            #expect(answer9.note == "cold; cause=first-sight")
        }
    }

    @Test(
        "a request that is not compressed as it says is relayed all the same",
        arguments: ["gzip", "deflate", "br", "zstd", "compress"])
    func brokenRequest(_ coding: String) async throws {
        try await RunningProxy.run { proxy in
            let answer10 = try await proxy.post("not compressed at all", headers: [("content-encoding", coding)])
            #expect(answer10.status == 400)
            #expect(proxy.lines.contains("relayed but not understood"))
        }
    }

    @Test("the header can be switched off")
    func noHeader() async throws {
        try await RunningProxy.run(header: false) { proxy in
            _ = try await proxy.post(Talk.body(["a"]))
            let answer11 = try await proxy.post(Talk.body(["a"]))
            #expect(answer11.note == nil)
        }
    }

    @Test("nothing of a prompt or a key is logged")
    func secrets() async throws {
        try await RunningProxy.run(budget: .perDay(.usd("1"))) { proxy in
            _ = try await proxy.post(Talk.body(["secretword"]), key: "sk-emu-me-topsecret")
            _ = try await proxy.post("{\"model\": secretword", key: "sk-emu-me-topsecret")
            await proxy.advance(600)
            #expect(!proxy.lines.contains("secretword") && !proxy.lines.contains("topsecret"))
            #expect(!proxy.lines.contains("glitter"))
        }
    }
}
