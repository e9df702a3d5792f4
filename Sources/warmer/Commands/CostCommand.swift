import ArgumentParser
import CachePrices
import OrderedJSON
import PromptCache

struct CostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "What responses have cost, by what their usage says.",
        discussion: """
            Examples:

              curl -s … /v1/messages | warmer cost
              warmer cost --model claude-sonnet-5-5 < response.json
              warmer cost responses.jsonl

            Reads a response as JSON or as a recorded stream, just its usage, a list of responses, or one in each line; what \
            cannot be read is told and left out. Each response is priced on its own. Writes that are not split count for 5 \
            minutes.
            """)

    @Argument(help: "The responses; - for standard input.") var response = "-"
    @Option(help: "The model; what each response names unless given.") var model: String?
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?
    @Flag(help: "Sent through the batch interface: half the price.") var batch = false
    @Flag(help: "Sent with inference_geo us: a tenth more.") var us = false
    @Flag(help: "Sent with speed fast: double.") var fast = false
    @Flag(help: "Sent to a regional endpoint of Bedrock or Vertex: a tenth more.") var regional = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let name = response == "-" ? "standard input" : response
        let responses = try Responses(try Files.read(response), name: name)
        for line in responses.skipped { Terminal.complain("\(line); left out") }
        let list = try Prices.list(adding: prices)
        var usage = Usage()
        var parts = CostBreakdown()
        var models: [String] = []
        for response in responses.all {
            guard let own = response.usage else { continue }
            guard let model = model ?? response.model else {
                throw Failure(.usage, "\(name): names no model; say which with --model")
            }
            guard let cost = list.cost(of: own, model: ModelID(model), modifiers: modifiers) else {
                throw Failure(
                    .failed, "no price is known for \(model)\(Self.hint(model, list)); add it with --prices FILE")
            }
            usage += own
            parts += cost.breakdown
            if !models.contains(model) { models.append(model) }
        }
        report(models, usage, parts, responses)
    }

    private var modifiers: Set<PriceModifier> {
        var modifiers: Set<PriceModifier> = []
        if batch { modifiers.insert(.batch) }
        if us { modifiers.insert(.inferenceGeoUS) }
        if fast { modifiers.insert(.fast) }
        if regional { modifiers.insert(.regional) }
        return modifiers
    }

    private static func hint(_ model: String, _ list: PriceList) -> String {
        Nearest.name(to: ModelID(model).family, among: list.all.map(\.family)).map { "; did you mean claude-\($0)?" }
            ?? ""
    }

    private func report(_ models: [String], _ usage: Usage, _ parts: CostBreakdown, _ responses: Responses) {
        let rows: [(String, Int, USD)] = [
            ("input", usage.input, parts.input), ("write_5m", usage.write5m, parts.write5m),
            ("write_1h", usage.write1h, parts.write1h), ("read", usage.read, parts.read),
            ("output", usage.output, parts.output),
        ]
        if json {
            let report: JSONOutput = [
                "model": .optional(models.count == 1 ? models[0] : nil),
                "usage": usage.report,
                "usd": .string(parts.total.decimal),
                "breakdown": .object(rows.map { .init($0.0, .string($0.2.decimal)) }),
                "models": .array(models.map(JSONOutput.string)),
                "responses": .integer(responses.all.count), "skipped": .integer(responses.skipped.count),
            ]
            Terminal.print(report.text(pretty: true))
            return
        }
        for (name, tokens, usd) in rows where tokens > 0 {
            Terminal.print("\(name.padded(10))\(String(tokens).padded(-10)) tokens  $\(usd.decimal)")
        }
        Terminal.print("\("total".padded(27))  $\(parts.total.decimal)")
        if responses.all.count > 1 {
            Terminal.print("\(responses.all.count) responses of \(models.joined(separator: ", "))")
        }
    }
}
