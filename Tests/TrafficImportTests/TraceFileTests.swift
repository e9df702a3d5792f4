import Foundation
import SteppedTime
import Testing
import TrafficImport
import WarmingPolicies

@Suite struct TraceFileTests {
    private static let header = "timestamp_ms,scope_id,prefix_tokens\n"

    @Test func `a trace of constant prefixes finds each prefix as the request before has left it`() throws {
        let folder = try Folder(["t.csv": Self.header + "0,a,100\n5000,b,7\n9000,a,120\n9500,a,130\n"])
        let trace = try folder.trace()
        #expect(trace.requests.map { milliseconds($0.start) } == [0, 5000, 9000, 9500])
        #expect(trace.requests.map(\.scope) == [0, 1, 0, 0])
        #expect(trace.requests.map(\.prefixTokens) == [100, 7, 100, 120])
        #expect(trace.requests.map(\.cachedTokens) == [100, 7, 120, 130])
        #expect(!trace.isGrowing)
        #expect(trace.horizon == .lastArrival)
    }

    @Test func `a growing trace says what each request adds and awaits, in any order of columns`() throws {
        let folder = try Folder([
            "t.csv": "awaits,new_tokens,prefix_tokens,scope_id,timestamp_ms,extra\n"
                + "tool,50,0,x,1000,?\nhuman,5,50,x,2000,?\n,1,55,x,3000,?\n"
        ])
        let trace = try folder.trace()
        #expect(trace.isGrowing)
        #expect(trace.requests.map(\.awaits) == [.tool, .human, .unknown])
        #expect(trace.requests.map(\.cachedTokens) == [50, 55, 56])
    }

    @Test func `gzip is read whatever the file is called, with members behind each other`() throws {
        let folder = try Folder()
        let text =
            "H4sIAAAAAAACAyvJzE0tLknMLYjPLdYpTs4vSI3PTNEpKEpNy6yIL8nPTs0r5jLQSdQxNDDgAgA03CV5LAAAAB+LCAAAAAAAAgMzNTAw"
            + "0EnUMTQw4OWyBLGTdEwNAHpiaD8VAAAA"
        let data = try #require(Data(base64Encoded: text))
        try folder.write(data, "t.csv")
        #expect(try folder.trace().requests.map(\.cachedTokens) == [100, 100, 50])
        try folder.write(data.dropLast(12), "cut.csv.gz")
        #expect(
            try folder.fault { _ = try folder.trace("cut.csv.gz") }
                == "cut.csv.gz: is cut off; compress it again with gzip")
        try folder.write(data.prefix(4) + Data([9, 9, 9, 9, 9, 9, 9, 9, 9]), "broken.gz")
        #expect(try folder.fault { _ = try folder.trace("broken.gz") }?.contains("gzip") == true)
    }

    private static let mistakes: [(rows: String, words: String)] = [
        ("1,a,5\n2,a\n", "t.csv:3: has 2 fields where"),
        ("now,a,5\n", "t.csv:2: timestamp_ms is 'now': give a whole number"),
        ("1,a,-5\n", "t.csv:2: prefix_tokens is '-5': give a whole number from 0 to"),
        ("1,a,5000000000\n", "t.csv:2: prefix_tokens is '5000000000'"),
        ("99999999999999999999,a,5\n", "t.csv:2: timestamp_ms is '99999999999999999999'"),
        ("1,,5\n", "t.csv:2: scope_id is empty"), ("", "t.csv: has no requests"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is told with its line`(rows: String, words: String) throws {
        let folder = try Folder(["t.csv": Self.header + rows])
        let fault = try folder.fault { _ = try folder.trace() }
        #expect(fault?.hasPrefix(words) == true, "\(fault ?? "no fault")")
    }

    @Test func `a file without the columns is told which are missing`() throws {
        let folder = try Folder([
            "t.csv": "timestamp_ms,scope_id\n", "empty.csv": "",
            "odd.csv": "timestamp_ms,scope_id,prefix_tokens,awaits\n1,a,5,godot\n",
        ])
        #expect(
            try folder.fault { _ = try folder.trace() }?.hasPrefix("t.csv:1: there is no column prefix_tokens") == true)
        #expect(try folder.fault { _ = try folder.trace("empty.csv") }?.hasPrefix("empty.csv: has no requests") == true)
        #expect(try folder.fault { _ = try folder.trace("odd.csv") }?.hasPrefix("odd.csv:2: awaits is 'godot'") == true)
    }

    @Test func `a file that is not there and a folder are told apart`() throws {
        let folder = try Folder(["in/t.csv": Self.header])
        #expect(try folder.fault { _ = try folder.trace("none.csv") } == "none.csv: there is no such file")
        #expect(try folder.fault { _ = try folder.trace("in") } == "in: it is a folder; name a file")
    }

    @Test func `the manifest in the folder or the one above gives horizon and clock`() throws {
        let manifest = """
            {"public/t": {"horizon_ms": 60000, "per_scope_tail_ms": null, "clock_offset_s_from_monday_utc": 3600.0},
             "public/u": {"horizon_ms": null, "per_scope_tail_ms": 500, "clock_offset_s_from_monday_utc": null}}
            """
        let rows = Self.header + "0,a,1\n"
        let folder = try Folder([
            "manifest.json": manifest, "public/t.csv": rows, "public/u.csv": rows, "public/v.csv": rows,
            "own/w.csv": rows, "own/manifest.json": #"{"w": {"per_scope_tail_ms": 9}}"#,
        ])
        let first = try folder.trace("public/t.csv")
        #expect(first.horizon == .until(Moment(nanosecondsSince1970: 60_000_000_000)))
        #expect(first.utcOffset == 4 * 86_400 + 3600)
        let second = try folder.trace("public/u.csv")
        #expect(second.horizon == .after(.milliseconds(500)))
        #expect(second.utcOffset == nil)
        #expect(try folder.trace("public/v.csv").horizon == .lastArrival)
        #expect(try folder.trace("own/w.csv").horizon == .after(.milliseconds(9)))
        #expect(try folder.trace("public/u.csv", horizon: .lastArrival).horizon == .lastArrival)
    }

    @Test func `a manifest that is broken is told and not passed over`() throws {
        let folder = try Folder(["t.csv": Self.header + "0,a,1\n", "manifest.json": "{\n\"t\": oops}"])
        #expect(try folder.fault { _ = try folder.trace() }?.hasPrefix("manifest.json:2: not valid JSON") == true)
        let other = try Folder(["t.csv": Self.header + "0,a,1\n", "manifest.json": #"{"t": {"horizon_ms": "late"}}"#])
        #expect(try other.fault { _ = try other.trace() } == "manifest.json: t.horizon_ms must be a number or null")
    }

    @Test func `rows in any order, told twice, of one scope or a single one give a sane result`() throws {
        let folder = try Folder([
            "t.csv": Self.header + "9000,a,1\n0,a,1\n9000,a,1\n", "one.csv": Self.header + "5,a,0\n",
            "years.csv": Self.header + "0,a,10\n3000000000000,a,10\n",
        ])
        let trace = try folder.trace()
        #expect(trace.requests.map { milliseconds($0.start) } == [0, 9000, 9000])
        for (name, requests) in [("t.csv", 3), ("one.csv", 1), ("years.csv", 2)] {
            let simulation = Simulation(try folder.trace(name), prices: .usual)
            for policy in ["uncached", "off@5m", "idle:2@5m", "break-even@1h", "adaptive"] {
                let result = simulation.run(try WarmPolicy(policy))
                #expect(result.cost.isFinite && result.cost >= 0)
                #expect(result.coldStarts <= requests)
            }
        }
    }

    @Test func `any bytes are a trace or a fault and never a crash`() throws {
        let folder = try Folder()
        var random = SeededRandom(seed: 4)
        let good = Array((Self.header + "0,a,100\n5000,b,7\n9000,a,120\n").utf8)
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            try folder.write(Data(bytes), "t.csv")
            _ = try folder.fault { _ = try folder.trace() }
        }
    }
}
