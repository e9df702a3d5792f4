import Foundation
import PromptCache
import WarmingPolicies

// What the adaptive policy costs at worst, and on recorded traces against the best fixed policy in hindsight; the
// simulator against exact costs:
//
//     swift run -c release --package-path Benchmarks PolicyBenchmark FOLDER
//     swift run -c release --package-path Benchmarks PolicyBenchmark limits

/// What a piece of work gives, and the seconds of processor time that it takes.
func timed<Result>(_ work: () -> Result) -> (Result, Double) {
    let start = clock()
    let result = work()
    return (result, Double(clock() - start) / Double(CLOCKS_PER_SEC))
}

func plain(_ value: Double) -> String { String(format: "%.4f", value) }

func checkGolden(_ traces: RecordedTraces) throws {
    var (rows, worst, wrong) = (0, 0.0, 0)
    for kind in ["static", "growing"] {
        for name in traces.names(kind) {
            let trace = try traces.trace(kind, name)
            for row in traces.golden(kind) where row.trace == name {
                let (cost, result) = try GoldenCosts.result(row.policy, trace, PriceRatios(read: row.read))
                let isSame =
                    result.map {
                        row.coldStarts ?? $0.coldStarts == $0.coldStarts && row.pings ?? $0.pings == $0.pings
                    } ?? true
                rows += 1
                worst = max(worst, abs(cost - row.cost))
                if abs(cost - row.cost) > 0.1 || !isSame {
                    wrong += 1
                    print("differs: \(name) \(row.policy) at \(row.read): \(cost), golden \(row.cost)")
                }
            }
        }
    }
    print("golden costs: \(rows) rows, \(wrong) differ, largest difference \(worst) tokens\n")
}

/// The best single lifetime and number of pings over the whole trace.
func bestFixed(_ trace: Trace, _ prices: PriceRatios) -> (name: String, cost: Double) {
    var best = (name: "", cost: Double.infinity)
    for (lifetime, most) in [(Lifetime.fiveMinutes, 36), (.oneHour, 48)] {
        for pings in 0...most {
            let cost = TraceFormulas.pingsByAwaits(trace, lifetime: lifetime, prices: prices) { _ in pings }.cost
            if cost < best.cost { best = ("idle:\(pings)@\(lifetime.rawValue)", cost) }
        }
    }
    return best
}

func compare(_ traces: RecordedTraces) throws {
    print("trace | r | adaptive | best fixed | of it | cold starts | pings | µs/arrival | s")
    var logs = 0.0
    for kind in ["static", "growing"] {
        for name in traces.names(kind) {
            let trace = try traces.trace(kind, name)
            for read in [0.1, 0.05, 0.025] {
                let prices = PriceRatios(read: read)
                let optimum = Clairvoyant.optimum(trace, prices: prices).cost
                let best = bestFixed(trace, prices)
                let (result, seconds) = timed { Simulation(trace, prices: prices).run(.adaptive) }
                if kind == "static", read == 0.1 { logs += log(result.cost / optimum) }
                let columns = [
                    name, "\(read)", plain(result.cost / optimum), "\(plain(best.cost / optimum)) \(best.name)",
                    plain(result.cost / best.cost), "\(result.coldStarts)", "\(result.pings)",
                    plain(seconds / Double(trace.requests.count) * 1e6), plain(seconds),
                ]
                print(columns.joined(separator: " | "))
            }
        }
    }
    print("geometric mean over static traces at 0.1: \(plain(exp(logs / Double(traces.names("static").count))))")
}

let folder = CommandLine.arguments.dropFirst().first ?? "../../shared/traces"
if folder == "limits" {
    Limits.hostile()
    Limits.oddTraces()
    Limits.memory()
} else {
    let traces = RecordedTraces(folder: folder)
    guard !traces.names("static").isEmpty else {
        print(
            "skipped: there are no traces in \(folder); give the folder that holds static/ and growing/, or say limits")
        exit(0)
    }
    try checkGolden(traces)
    try compare(traces)
}
