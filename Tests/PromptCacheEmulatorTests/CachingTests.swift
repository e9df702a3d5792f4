import Testing

@testable import PromptCacheEmulator

@Suite("What is written can be read until its lifetime is over")
struct CachingTests {
    @Test("The first request writes, the next one reads the same tokens")
    func writeAndRead() throws {
        let bench = Bench()
        let first = try bench.send(Bodies.request())
        let second = try bench.send(Bodies.request())
        #expect(first.write5m == 1004 && first.read == 0)
        #expect(second.read == 1004 && second.write5m == 0 && second.input == first.input)
    }

    @Test(
        "A prefix below the model's minimum is never cached, and nobody is told",
        arguments: [
            ("claude-sonnet-5-5", true), ("claude-opus-4-8", false), ("claude-haiku-4-5-20251001", false),
        ])
    func minimum(model: String, isCached: Bool) throws {
        let bench = Bench()
        let usage = try bench.send(Bodies.request(model: model))
        #expect((usage.write5m > 0) == isCached)
        #expect(usage.input + usage.write5m == 1004 + 8)
    }

    @Test("Lifetimes count from the start of the request that wrote or last read")
    func lifetime() throws {
        var bench = Bench()
        _ = try bench.send(Bodies.request())
        bench.now = .seconds(300)
        #expect(try bench.send(Bodies.request()).read == 1004)
        bench.now = .seconds(600)
        #expect(try bench.send(Bodies.request()).read == 1004)
        bench.now = .seconds(901)
        #expect(try bench.send(Bodies.request()).read == 0)
    }

    @Test("An entry can be read only once the first response has begun: parallel cold requests all write")
    func availability() throws {
        let bench = Bench()
        let decisions = (0..<50).map { _ in
            bench.provider.begin(
                Array(Bodies.request().utf8), from: Caller(workspace: "me", betas: [], region: ""), now: .zero)
        }
        let answers = try decisions.map { try $0.answer.get() }
        #expect(answers.allSatisfy { $0.plan.usage.write5m == 1004 })
        for answer in answers { bench.provider.commit(answer, now: .seconds(1)) }
        #expect(try bench.send(Bodies.request()).read == 1004)
    }

    @Test("Workspaces and models share nothing")
    func isolation() throws {
        let bench = Bench()
        _ = try bench.send(Bodies.request())
        #expect(try bench.send(Bodies.request(), workspace: "other").read == 0)
        #expect(try bench.send(Bodies.request(model: "claude-opus-5-5")).read == 0)
    }

    @Test("Mixed lifetimes are billed in segments: read, then an hour's, then five minutes'")
    func mixed() throws {
        let bench = Bench()
        let system = [Bodies.text(Bodies.long("a"), "1h"), Bodies.text(Bodies.long("b"), "5m")]
        let usage = try bench.send(Bodies.request(system: system))
        #expect((usage.write1h, usage.write5m) == (1004, 1004))
        let longer = try bench.send(
            Bodies.request(system: system, messages: [Bodies.user(Bodies.text(Bodies.long("c"), "5m"))]))
        #expect((longer.read, longer.write1h, longer.write5m) == (2008, 0, 1007))
    }

    @Test("An entry keeps its own lifetime when it is read")
    func keepsLifetime() throws {
        var bench = Bench()
        _ = try bench.send(Bodies.request())
        _ = try bench.send(Bodies.request(system: [Bodies.text(Bodies.long(), "1h")]))
        bench.now = .seconds(301)
        #expect(try bench.send(Bodies.request()).read == 0)
    }

    @Test("A read looks back 20 positions and no further", arguments: [(18, true), (19, true), (20, false)])
    func lookback(added: Int, isFound: Bool) throws {
        let bench = Bench()
        let turns = (0...added).map { Bodies.text("turn \($0)") }
        let first = Bodies.request(
            system: [], messages: [Bodies.user(Bodies.text(Bodies.long(), "5m"))])
        _ = try bench.send(first)
        let content = [Bodies.text(Bodies.long())] + turns.dropLast(2) + [Bodies.text("last", "5m")]
        let second = Bodies.request(system: [], messages: [Bodies.user(content.joined(separator: ","))])
        #expect((try bench.send(second).read > 0) == isFound)
    }

    @Test("A run of tool calls counts as one position, and so does a run of results")
    func toolRuns() throws {
        let bench = Bench()
        let calls = (0..<30).map { #"{"type":"tool_use","id":"t\#($0)","name":"n","input":{}}"# }
        let results = (0..<30).map { #"{"type":"tool_result","tool_use_id":"t\#($0)","content":"ok"}"# }
        let start = Bodies.user(Bodies.text(Bodies.long(), "5m"))
        _ = try bench.send(Bodies.request(system: [], messages: [start]))
        let second = Bodies.request(
            system: [],
            messages: [
                Bodies.user(Bodies.text(Bodies.long())), Bodies.assistant(calls.joined(separator: ",")),
                Bodies.user((results + [Bodies.text("go on", "5m")]).joined(separator: ",")),
            ])
        #expect(try bench.send(second).read > 0)
    }
}

@Suite("What a change invalidates")
struct InvalidationTests {
    private let tool =
        #"{"name":"t","description":"\#(Bodies.long("t"))","input_schema":{},"cache_control":{"type":"ephemeral"}}"#

    /// Which of tools, system and messages are still read after a change.
    private func surviving(_ change: (inout String) -> Void) throws -> Int {
        let bench = Bench()
        let body = Bodies.request(
            tools: tool, messages: [Bodies.user(Bodies.text(Bodies.long("m"), "5m"))], extra: #""X":1,"#)
        _ = try bench.send(body)
        var changed = body
        change(&changed)
        let read = try bench.send(changed).read
        return read > 2500 ? 3 : read > 1500 ? 2 : read > 500 ? 1 : 0
    }

    @Test(
        "Each setting invalidates its part and what follows",
        arguments: [
            (#""metadata":{"user_id":"u"},"#, 3), (#""temperature":0.5,"#, 3),
            (#""tool_choice":{"type":"auto"},"#, 2), (#""thinking":{"type":"adaptive"},"#, 2),
            (#""output_config":{"effort":"low"},"#, 2), (#""speed":"fast","#, 1),
            (#""output_config":{"format":{"type":"json_schema"}},"#, 0), (#""inference_geo":"us","#, 0),
        ])
    func settings(setting: String, parts: Int) throws {
        #expect(try surviving { $0.replace(#""X":1,"#, with: setting) } == parts)
    }

    @Test("An image anywhere costs the messages, white space and markers nothing")
    func content() throws {
        let image = #"{"type":"image","source":{"type":"url","url":"u"}}"#
        #expect(try surviving { $0.replace("]}]}", with: ",\(image)]}]}") } == 2)
        #expect(try surviving { $0.replace(#""X":1,"#, with: #"  "X" : 1 ,"#) } == 3)
        #expect(try surviving { $0.replace(#""input_schema":{}"#, with: #""input_schema":{"a":1}"#) } == 0)
    }
}

@Suite("Automatic caching lands on the last block that may be cached")
struct AutomaticCachingTests {
    private let automatic = #""cache_control":{"type":"ephemeral"},"#

    @Test("It moves with the conversation and reads what the turn before wrote")
    func moving() throws {
        let bench = Bench()
        let first = Bodies.user(Bodies.text(Bodies.long()))
        let written = try bench.send(Bodies.request(system: [], messages: [first], extra: automatic)).write5m
        let more = [first, Bodies.assistant(Bodies.text("Yes.")), Bodies.user(Bodies.text("And?"))]
        let usage = try bench.send(Bodies.request(system: [], messages: more, extra: automatic))
        #expect(usage.read == written && usage.write5m > 0 && usage.input == 0)
    }

    @Test("It does nothing on a block with the same lifetime, and is refused on one with another")
    func onMarked() throws {
        let bench = Bench()
        let same = [Bodies.user(Bodies.text(Bodies.long(), "5m"))]
        _ = try bench.send(Bodies.request(system: [], messages: same, extra: automatic))
        let other = [Bodies.user(Bodies.text(Bodies.long(), "1h"))]
        #expect(bench.refusal(Bodies.request(system: [], messages: other, extra: automatic)) != nil)
    }

    @Test("It takes one of the four places")
    func fifth() {
        let system = (0..<4).map { Bodies.text("\($0)" + Bodies.long(), "5m") }
        #expect(
            Bench().refusal(Bodies.request(system: system, extra: automatic))
                == "A maximum of 4 blocks with cache_control may be provided. Found 5.")
    }
}

extension String {
    fileprivate mutating func replace(_ part: String, with other: String) {
        self = split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
