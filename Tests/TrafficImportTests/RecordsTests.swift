import CachePrices
import PromptCache
import PromptCacheWarmer
import Testing
import TrafficImport
import WarmingPolicies

@Suite struct RecordsTests {
    private static func line(
        _ kind: String, _ time: String, id: String = "", read: Int = 0, written: Int = 0, stop: String = "null",
        sidechain: Bool = false
    ) -> String {
        let head =
            #"{"type":"\#(kind)","timestamp":"2026-11-02T\#(time)Z","sessionId":"s1","isSidechain":\#(sidechain),"#
        guard kind == "assistant" else { return head + #""message":{"role":"user","content":"secret prompt"}}"# }
        let usage =
            #"{"input_tokens":3,"cache_read_input_tokens":\#(read),"cache_creation_input_tokens":\#(written),"output_tokens":9}"#
        return head
            + #""message":{"id":"\#(id)","model":"claude-opus-4-8","stop_reason":\#(stop),"usage":\#(usage)}}"#
    }

    @Test func `a transcript gives each response once, from when its input was sent`() throws {
        let folder = try Folder([
            "project/a.jsonl": [
                Self.line("user", "10:00:00.500"),
                Self.line("assistant", "10:00:05.000", id: "m1", written: 1000),
                Self.line("assistant", "10:00:06.000", id: "m1", written: 1000, stop: #""tool_use""#),
                Self.line("user", "10:00:10.000"),
                Self.line("assistant", "10:00:12.000", id: "m2", read: 1000, written: 50, stop: #""end_turn""#),
                #"{"type":"summary","summary":"…"}"#, "{broken",
            ].joined(separator: "\n"),
            // A resumed session repeats what it resumes.
            "project/b.jsonl": [
                Self.line("assistant", "10:00:05.000", id: "m1", written: 1000),
                Self.line("assistant", "11:00:00.000", id: "m3", written: 1060, sidechain: true),
            ].joined(separator: "\n"),
            "project/notes.txt": "no transcript",
        ])
        let traffic = try Transcripts.read(folder.path)
        #expect(traffic.files == 2)
        #expect(traffic.leftOut.broken == 1 && traffic.leftOut.other == 1)
        #expect(traffic.leftOut.firstBroken?.line == 7)
        #expect(traffic.requests.map(\.usage.written) == [1000, 50, 1060])
        #expect(traffic.requests.map(\.awaits) == [.tool, .human, .unknown])
        #expect(traffic.requests.map(\.isSubAgent) == [false, false, true])
        #expect(traffic.requests.map(\.scope) == ["s1", "s1", "s1/agent"])
        let gap = traffic.requests[1].start - traffic.requests[0].start
        #expect(gap == .milliseconds(9500))
        #expect(traffic.mainModel?.family == "opus-4-8")

        let trace = traffic.trace(utcOffset: nil)
        #expect(trace.isGrowing)
        #expect(trace.requests.map(\.prefixTokens) == [0, 1000, 0])
        #expect(trace.requests.map(\.newTokens) == [1000, 50, 1060])
    }

    @Test func `a folder without a transcript is told`() throws {
        let folder = try Folder(["x.jsonl": #"{"type":"summary"}"#])
        #expect(try folder.fault { _ = try Transcripts.read(folder.path) }?.contains("~/.claude/projects") == true)
        #expect(try folder.fault { _ = try Transcripts.read("/nowhere") }?.hasPrefix("/nowhere: there is no") == true)
    }

    @Test func `a usage file takes responses bare or wrapped, with times as logs have them`() throws {
        let usage = #""model":"claude-sonnet-5-5","usage":{"input_tokens":5,"cache_creation_input_tokens":2000}"#
        let folder = try Folder([
            "u.jsonl": """
            {"timestamp":"2026-11-02T10:00:00Z",\(usage)}
            {"created_at":1793613660,"session_id":"s","response":{\(usage),"stop_reason":"end_turn"}}

            {"time":1793613720000,\(usage)}
            {"error":"overloaded"}
            {"timestamp":"2026-11-02T10:00:0
            """
        ])
        let traffic = try UsageFile.read("\(folder.path)/u.jsonl")
        #expect(traffic.leftOut.withoutUsage == 1 && traffic.leftOut.broken == 1 && traffic.leftOut.other == 0)
        #expect(traffic.leftOut.firstBroken?.description.contains("u.jsonl:6: not valid JSON") == true)
        #expect(traffic.requests.map(\.scope) == ["all", "s", "all"])
        #expect(traffic.requests.map(\.awaits) == [.unknown, .human, .unknown])
        let first = traffic.requests[0].start
        #expect(traffic.requests.map { $0.start - first } == [.zero, .seconds(60), .seconds(120)])
    }

    @Test(arguments: [
        ("{}\n{oops}", "u.jsonl:2: not valid JSON"), ("[1]", "u.jsonl:1: is not a JSON object"),
        (#"{"model":"m","usage":{"input_tokens":1}}"#, "u.jsonl:1: has a usage but no time"),
        ("{}", "u.jsonl: has no response with a model and a usage"), ("", "u.jsonl: has no response"),
    ])
    func `a usage file that cannot be used says why`(text: String, words: String) throws {
        let folder = try Folder(["u.jsonl": text])
        let fault = try folder.fault { _ = try UsageFile.read("\(folder.path)/u.jsonl") }
        #expect(fault?.hasPrefix(words) == true, "\(fault ?? "no fault")")
    }

    @Test func `what could have been read after a pause is what was cached before`() {
        func request(_ seconds: Double, read: Int = 0, written: Int = 0, input: Int = 0) -> RecordedRequest {
            RecordedRequest(
                start: Moment(secondsSince1970: 1e9 + seconds), scope: "s", model: ModelID("claude-opus-4-8"),
                usage: Usage(input: input, write5m: written, read: read), awaits: .unknown, isSubAgent: false)
        }
        let traffic = RecordedTraffic(
            requests: [
                request(0, written: 1000), request(400, written: 1100), request(450, read: 300, written: 500),
                request(2000, read: 900, written: 100),
            ], files: 1)
        // Expired, so all of it; then another prefix within the lifetime; then a read that somebody kept warm.
        #expect(traffic.trace(utcOffset: nil).requests.map(\.prefixTokens) == [0, 1000, 300, 900])
        let uncached = RecordedTraffic(requests: [request(0, input: 500), request(9, input: 600)], files: 1)
        #expect(uncached.trace(utcOffset: nil).requests.map(\.prefixTokens) == [0, 500])
    }

    @Test func `recorded traffic becomes rows of a ledger, with costs and why nothing was read`() {
        func request(_ seconds: Double, read: Int = 0, written: Int = 0, input: Int = 0) -> RecordedRequest {
            RecordedRequest(
                start: Moment(secondsSince1970: 1e9 + seconds), scope: "s", model: ModelID("claude-sonnet-5-5"),
                usage: Usage(input: input, write5m: written, read: read))
        }
        let traffic = RecordedTraffic(
            requests: [
                request(0, written: 10_000), request(60, read: 10_000, written: 500), request(400, written: 11_000),
                request(420, written: 12_000), request(430, input: 100), request(440, input: 9_000),
            ], files: 1)
        let rows = traffic.ledgerRows(upstream: "u.jsonl", prices: .builtIn)
        #expect(rows.map(\.cause) == [.firstSight, nil, .expired, .diverged, .belowMinimum, .notMarked])
        // A write costs 2.50 a million, and a read 0.10.
        #expect(rows[1].cost == .usd("0.00225"))
        #expect(rows.allSatisfy { $0.kind == .arrival && $0.upstream == "u.jsonl" && $0.scope == "s" })
        #expect(traffic.ledgerRows(upstream: "u", prices: .empty).allSatisfy { $0.cost == nil })
    }
}
