import CachePrices
import PromptCache
import PromptInspection
import SampleBodies

/// Times diff and lint of requests of 1 MB, from their bytes on, beside a scan of the same bytes.
enum ToolTimes {
    static func measure() throws {
        let a = SampleBody.bytes(about: 1_000_000, date: "2026-11-25")
        let price = PriceList.builtIn.price(of: try MessagesRequest(a).model)
        let cases = [
            ("the same", a),
            ("another last turn", SampleBody.bytes(about: 1_000_000, date: "2026-11-25", lastTurn: "And then?")),
            ("another beginning", SampleBody.bytes(about: 1_000_000, date: "2026-11-26")),
        ]
        let scan = try median { _ = try MessagesRequest(a).blocks.count }
        print("\(a.count) bytes, medians of \(rounds) rounds\nscan               \(text(scan))")
        for (name, b) in cases {
            let time = try median {
                _ = PromptDiff(try MessagesRequest(a), try MessagesRequest(b)).firstDifference
            }
            print("diff, \(padded(name)) \(text(time))  \(times(time, scan)) × the scan of one")
        }
        let lint = try median { _ = PromptLint(try MessagesRequest(a), price: price).findings.count }
        print("lint               \(text(lint))  \(times(lint, scan)) × the scan of one")
        let both = try median {
            for bytes in [a, cases[2].1] { _ = PromptLint(try MessagesRequest(bytes), price: price).findings.count }
            _ = PromptDiff(try MessagesRequest(a), try MessagesRequest(cases[2].1)).firstDifference
        }
        print("diff and lint both \(text(both))")
    }

    private static let rounds = 21

    private static func median(_ work: () throws -> Void) rethrows -> Duration {
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<rounds { times.append(try clock.measure(work)) }
        return times.sorted()[rounds / 2]
    }

    private static func text(_ duration: Duration) -> String {
        "\((duration / .milliseconds(1) * 10).rounded() / 10) ms"
    }

    private static func times(_ duration: Duration, _ base: Duration) -> String {
        "\((duration / base * 10).rounded() / 10)"
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(0, 18 - name.count))
    }
}
