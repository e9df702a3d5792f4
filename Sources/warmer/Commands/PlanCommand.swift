import ArgumentParser
import CachePrices
import CacheReports
import Foundation
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import TrafficImport
import WarmingPolicies

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Is warming worth it for your traffic, and with which settings?",
        discussion: """
            Examples:

              warmer plan                                     # Claude Code's transcripts, where there are some
              warmer plan --ledger warmer.sqlite              # what `warmer run` or `warmer proxy` has seen
              warmer plan --usage responses.jsonl
              warmer plan traffic.csv.gz --model claude-opus-5-5

            Replays your own traffic under each policy and says what it would have cost, what is the least possible, and \
            what to do; which may be nothing. It reads times, models and token counts, and sends nothing anywhere.
            """)

    @Argument(help: ArgumentHelp("Traces; see `warmer simulate --help`.", valueName: "trace")) var traces: [String] = []
    @Option(help: ArgumentHelp("The ledger of `warmer run` or `warmer proxy`.", valueName: "file"))
    var ledger: String?
    @Option(
        help: ArgumentHelp("Claude Code's transcripts; ~/.claude/projects if nothing is named.", valueName: "folder"))
    var transcripts: String?
    @Option(help: ArgumentHelp("Responses of the API, one a line, each with a timestamp.", valueName: "file.jsonl"))
    var usage: String?
    @Option(help: "The model for prices; what the traffic names most unless given.") var model: String?
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        var progress = ProgressLine(isShown: !json)
        let sources: [PlanSource]
        do {
            sources = try await read { progress.show("reading", $0) }
        } catch let fault as TrafficFault {
            throw Failure(.usage, "\(fault)")
        }
        let list = try Prices.list(adding: prices)
        var outputs: [PlanOutput] = []
        for source in sources {
            let plan = WarmingPlan(try traffic(source, list)) { progress.show("replaying \(source.name)", $0) }
            outputs.append(PlanOutput(source: source, plan: plan, paid: source.paid(list)))
        }
        progress.end()
        if json {
            Terminal.print(PlanOutput.report(outputs).text(pretty: true))
        } else {
            Terminal.print(outputs.map(\.text).joined(separator: "\n\n"))
        }
    }

    private func read(_ progress: (Double) -> Void) async throws -> [PlanSource] {
        let given = [ledger != nil, transcripts != nil, usage != nil, !traces.isEmpty].count { $0 }
        guard given <= 1 else {
            throw Failure(.usage, "too much at once: give one of --ledger, --transcripts, --usage, or traces")
        }
        if let ledger { return [PlanSource(name: ledger, traffic: try await LedgerTraffic.read(ledger))] }
        if let usage { return [PlanSource(name: usage, traffic: try UsageFile.read(usage))] }
        if !traces.isEmpty { return try traces.map { PlanSource(name: $0, trace: try TraceFile($0).trace) } }
        let folder = transcripts ?? Self.usualTranscripts
        let path = Files.expandingTilde(folder)
        if transcripts == nil, !FileManager.default.fileExists(atPath: path) {
            throw Failure(
                .usage,
                "nothing to read, and there is no \(folder): give --ledger warmer.sqlite, --usage FILE.jsonl, or traces"
            )
        }
        return [PlanSource(name: folder, traffic: try Transcripts.read(path, progress: progress))]
    }

    private static let usualTranscripts = "~/.claude/projects"

    private func traffic(_ source: PlanSource, _ list: PriceList) throws(Failure) -> WarmingPlan.Traffic {
        guard let model = model.map({ ModelID($0) }) ?? source.model else {
            return WarmingPlan.Traffic(trace: source.trace, ratios: .usual)
        }
        guard let price = list.price(of: model) else {
            throw Failure(
                .usage,
                "\(source.name): no price is known for \(model); name another with --model, or add it with --prices")
        }
        return WarmingPlan.Traffic(
            trace: source.trace, ratios: PriceRatios(price), model: model, inputPrice: price.prices.input,
            minimumTokens: CacheRules(for: model).minimumTokens)
    }
}

/// What is planned for.
struct PlanSource {
    var name: String
    var trace: Trace
    var recorded: RecordedTraffic?

    init(name: String, trace: Trace) {
        self.name = name
        self.trace = trace
    }

    init(name: String, traffic: RecordedTraffic) {
        self.name = name
        recorded = traffic
        let last = traffic.requests.last.map { Date(timeIntervalSince1970: $0.start.secondsSince1970) } ?? Date()
        trace = traffic.trace(utcOffset: TimeZone.current.secondsFromGMT(for: last))
    }

    var model: ModelID? { recorded?.mainModel }

    /// What the prompts did cost, whatever the model; nil where a model has no price.
    func paid(_ list: PriceList) -> USD? {
        guard let recorded else { return nil }
        var sum = USD.zero
        for request in recorded.requests {
            guard let cost = list.cost(of: request.usage, model: request.model) else { return nil }
            sum += cost.total - cost.breakdown.output
        }
        return sum
    }
}
