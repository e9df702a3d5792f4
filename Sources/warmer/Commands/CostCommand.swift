import ArgumentParser
import CachePrices
import OrderedJSON
import PromptCache

struct CostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "What a response has cost, by what its usage says.",
        discussion: """
            Example:

              curl -s … /v1/messages | warmer cost
              warmer cost --model claude-sonnet-5-5 < response.json

            Reads a whole response, or just its usage. A response without a split of writes counts them for 5 minutes.
            """)

    @Argument(help: "The response; - for standard input.") var response = "-"
    @Option(help: "The model; what the response names unless given.") var model: String?
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?
    @Flag(help: "Sent through the batch interface: half the price.") var batch = false
    @Flag(help: "Sent with inference_geo us: a tenth more.") var us = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let bytes = try Files.read(response)
        let name = response == "-" ? "standard input" : response
        let root: JSONNode
        do {
            root = try JSONText(bytes).root
        } catch {
            throw Failure(.usage, "\(name): \(RequestFault(error, in: bytes))")
        }
        guard let usage = Usage(root["usage"] ?? root) else {
            throw Failure(.usage, "\(name): there is no usage with believable counts; give a response of /v1/messages")
        }
        guard let modelName = model ?? root["model"]?.string else {
            throw Failure(.usage, "\(name): names no model; say which with --model")
        }
        var modifiers: Set<PriceModifier> = []
        if batch { modifiers.insert(.batch) }
        if us { modifiers.insert(.inferenceGeoUS) }
        let list = try Prices.list(adding: prices)
        guard let cost = list.cost(of: usage, model: ModelID(modelName), modifiers: modifiers) else {
            throw Failure(.failed, "no price is known for \(modelName); add it with --prices FILE")
        }
        let parts = cost.breakdown
        let rows: [(String, Int, USD)] = [
            ("input", usage.input, parts.input), ("write_5m", usage.write5m, parts.write5m),
            ("write_1h", usage.write1h, parts.write1h), ("read", usage.read, parts.read),
            ("output", usage.output, parts.output),
        ]
        if json {
            let report: JSONOutput = [
                "model": .string(modelName),
                "usage": usage.report,
                "usd": .string(cost.total.decimal),
                "breakdown": .object(rows.map { .init($0.0, .string($0.2.decimal)) }),
            ]
            Terminal.print(report.text(pretty: true))
            return
        }
        for (name, tokens, usd) in rows where tokens > 0 {
            Terminal.print("\(name.padded(10))\(String(tokens).padded(-10)) tokens  $\(usd.decimal)")
        }
        Terminal.print("\("total".padded(27))  $\(cost.total.decimal)")
    }
}
