import ArgumentParser
import CachePrices
import CacheReports
import Foundation
import OrderedJSON
import PromptCache
import TrafficImport
import WarmingPolicies

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Is warming worth it for your traffic, and with which settings?",
        discussion: """
            Examples:

              warmer plan --transcripts ~/.claude/projects
              warmer plan --usage responses.jsonl
              warmer plan traffic.csv.gz --model claude-opus-5-5

            Replays your own traffic under each policy and says what it would have cost, what is the least possible, and \
            what to do; which may be nothing. It reads times, models and token counts, and sends nothing anywhere.
            """)

    @Argument(help: ArgumentHelp("Traces; see `warmer simulate --help`.", valueName: "trace")) var traces: [String] = []
    @Option(help: ArgumentHelp("Claude Code's transcripts: ~/.claude/projects.", valueName: "folder"))
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
            sources = try read { progress.show("reading", $0) }
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

    private func read(_ progress: (Double) -> Void) throws -> [PlanSource] {
        let given = [transcripts != nil, usage != nil, !traces.isEmpty].count { $0 }
        guard given == 1 else {
            throw Failure(
                .usage,
                "\(given == 0 ? "nothing to read" : "too much at once"): give --transcripts ~/.claude/projects, "
                    + "--usage FILE.jsonl, or traces")
        }
        if let transcripts {
            let folder = NSString(string: transcripts).expandingTildeInPath
            return [PlanSource(name: transcripts, traffic: try Transcripts.read(folder, progress: progress))]
        }
        if let usage { return [PlanSource(name: usage, traffic: try UsageFile.read(usage))] }
        return try traces.map { PlanSource(name: $0, trace: try TraceFile($0).trace) }
    }

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
