import ArgumentParser
import CachePrices
import CacheReports
import Foundation
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import TrafficImport
import WarmingPolicies

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "What policies would have cost on recorded traffic, against the least possible.",
        discussion: """
            Examples:

              warmer simulate traffic.csv.gz
              warmer simulate traffic.csv --policy idle:2@5m --policy adaptive --prices claude-opus-5-5 --plot costs.svg

            A trace is a CSV file, plain or gzip, with timestamp_ms, scope_id and prefix_tokens, and for growing \
            conversations new_tokens. Policies: uncached, off@TTL, every:240s@5m, idle:N@TTL, break-even@TTL, adaptive, \
            and optimum, which knows the future. Costs are in tokens at the input price.
            """)

    @Argument(help: ArgumentHelp("Traces.", valueName: "trace")) var traces: [String]
    @Option(name: .customLong("policy"), help: "A policy; several may be given. A choice of them unless given.")
    var policies: [String] = []
    @Option(help: ArgumentHelp("A model for its prices; several may be given.", valueName: "model"))
    var prices: [String] = []
    @Option(help: "What a read costs, of the input price; several may be given. 0.1 unless given.")
    var readMultiplier: [Double] = []
    @Option(
        help: ArgumentHelp(
            "Until when pings are charged: so long after each scope's last request (24h), or a timestamp of the trace in "
                + "ms. What manifest.json says, or the last request, unless given.", valueName: "time"))
    var horizon: String?
    @Option(help: ArgumentHelp("Draw cost against cold starts.", valueName: "file.svg")) var plot: String?
    @Flag(help: "Print JSON.") var json = false

    private static let usual = [
        "uncached", "off@5m", "off@1h", "every:240s@5m", "idle:2@5m", "break-even@5m", "idle:1@1h", "break-even@1h",
        "adaptive", "optimum",
    ]

    func run() async throws {
        let contenders = try (policies.isEmpty ? Self.usual : policies).map { try Contender($0) }
        let prices = try priceRatios()
        let horizon = try self.horizon.map { try Horizons.read($0) }
        // All of them first, so that a mistake in the last does not come after an hour.
        let files = try traces.map { path in
            do {
                return try TraceFile(path, horizon: horizon)
            } catch let fault as TrafficFault {
                throw Failure(.usage, "\(fault)")
            }
        }
        var progress = ProgressLine(isShown: !json)
        var groups: [SimulationGroup] = []
        for file in files {
            for ratios in prices {
                groups.append(
                    SimulationGroup(file, ratios, contenders) { what, share in
                        progress.show("\(file.name): \(what)", share)
                    })
                progress.end()
                if !json { Terminal.print(groups.last?.table ?? "") }
            }
        }
        if let plot { try draw(groups, to: plot) }
        if json {
            let report: JSONOutput = ["runs": .array(groups.flatMap(\.report))]
            Terminal.print(report.text(pretty: true))
        }
    }

    private func priceRatios() throws(Failure) -> [PriceRatios] {
        var ratios: [PriceRatios] = []
        for model in prices {
            guard let price = PriceList.builtIn.price(of: ModelID(model)) else {
                throw Failure(.usage, "--prices \(model): no price is known for it; give --read-multiplier")
            }
            ratios.append(PriceRatios(price))
        }
        for read in readMultiplier {
            guard read >= 0, read <= 1 else {
                throw Failure(.usage, "--read-multiplier \(read): a read costs from 0 to 1 of the input price")
            }
            ratios.append(PriceRatios(read: read))
        }
        return ratios.isEmpty ? [.usual] : ratios
    }

    private func draw(_ groups: [SimulationGroup], to path: String) throws(Failure) {
        do {
            try Data(CostChart.svg(groups.map(\.chart)).utf8).write(to: URL(filePath: path))
        } catch {
            throw Failure(.failed, "\(path): cannot be written; check the folder and its permissions")
        }
        if !json { Terminal.print("drawn: \(path)") }
    }
}

/// `--horizon`.
enum Horizons {
    static func read(_ text: String) throws(Failure) -> Trace.Horizon {
        if let tail = DurationText.read(text) { return .after(tail) }
        if let milliseconds = Int64(text), abs(milliseconds) < 1 << 50 {
            return .until(Moment(nanosecondsSince1970: milliseconds * 1_000_000))
        }
        throw Failure(
            .usage, "--horizon \(text): give a time after each scope's last request, such as 24h, or a timestamp in ms")
    }
}
