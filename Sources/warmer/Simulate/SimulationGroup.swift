import CacheReports
import OrderedJSON
import TrafficImport
import WarmingPolicies

/// A policy that is simulated, or the optimum that knows the future.
enum Contender {
    case optimum
    case policy(WarmPolicy)

    init(_ name: String) throws(Failure) {
        if name == "optimum" {
            self = .optimum
            return
        }
        do {
            self = .policy(try WarmPolicy(name))
        } catch {
            throw Failure(.usage, "--policy \(name): \(error.message)")
        }
    }

    var name: String {
        switch self {
        case .optimum: "optimum"
        case .policy(let policy): policy.name
        }
    }
}

/// The contenders on one trace at one price.
struct SimulationGroup {
    private let file: TraceFile
    private let prices: PriceRatios
    private let optimum: SimulationResult
    private let runs: [(name: String, result: SimulationResult)]

    init(
        _ file: TraceFile, _ prices: PriceRatios, _ contenders: [Contender], progress: (String, Double) -> Void
    ) {
        self.file = file
        self.prices = prices
        progress("optimum", 0)
        let optimum = Clairvoyant.optimum(file.trace, prices: prices)
        self.optimum = optimum
        let simulation = Simulation(file.trace, prices: prices)
        runs = contenders.map { contender in
            switch contender {
            case .optimum: (contender.name, optimum)
            case .policy(let policy): (contender.name, simulation.run(policy) { progress(policy.name, $0) })
            }
        }
    }

    /// Nothing costs nothing, and is as good as the best.
    private func ratio(_ result: SimulationResult) -> Double { optimum.cost > 0 ? result.cost / optimum.cost : 1 }

    var report: [JSONOutput] {
        runs.map { name, result in
            [
                "trace": .string(file.name), "policy": .string(name), "read_multiplier": .double(prices.read),
                "requests": .integer(file.trace.requests.count), "scopes": .integer(file.trace.scopes),
                "cost_tokens": .double(result.cost), "optimum_tokens": .double(optimum.cost),
                "ratio": .double(ratio(result)), "cold_starts": .integer(result.coldStarts),
                "pings": .integer(result.pings), "ping_tokens": .double(result.pingCost),
                "trailing_ping_tokens": .double(result.trailingCost),
            ]
        }
    }

    var table: String {
        let trace = file.trace
        var lines = [
            "\(file.name): \(trace.requests.count) requests, \(trace.scopes) scopes, a read costs \(prices.read) of input",
            "",
            "policy".padded(16) + "cold starts".padded(-12) + "pings".padded(-10) + "cost".padded(-12)
                + "over least".padded(-12),
        ]
        let best = runs.filter { $0.name != "optimum" }.map(\.result.cost).min()
        for (name, result) in runs {
            let line =
                name.padded(16) + "\(result.coldStarts)".padded(-12) + "\(result.pings)".padded(-10)
                + Numbers.tokens(result.cost).padded(-12) + Numbers.plain(ratio(result), decimals: 4).padded(-12)
            lines.append(result.cost == best && name != "optimum" ? Terminal.paint(line, .green) : line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var chart: CostChart {
        CostChart(
            title: "\(file.name), a read costs \(prices.read) of input", requests: file.trace.requests.count,
            points: runs.map {
                CostChart.Point(name: $0.name, ratio: ratio($0.result), coldStarts: $0.result.coldStarts)
            })
    }
}
