import ArgumentParser
import PromptCache

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Where two requests part for the cache, the likely cause, and which breakpoints still hold.",
        discussion: """
            Example:

              warmer diff yesterday.json today.json

            Nothing is sent. The exit code is 3 if they differ in a way that counts: what the cache does not see \
            (white space between tokens, max_tokens, stream, metadata, markers that only move) is told and exits with 0.
            """)

    @Argument(help: "The request that was sent before: a body of /v1/messages; - for standard input.") var a: String
    @Argument(help: "The request that is to read what it wrote.") var b: String
    @Option(help: "Where both are sent; another endpoint is another cache.") var endpoint = "https://api.anthropic.com"
    @Option(help: "A value of the anthropic-beta header of both; may be repeated.") var beta: [String] = []
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        if a == "-", b == "-" { throw Failure(.usage, "only one of the two can come from standard input") }
        let (one, other) = (try Files.request(a), try Files.request(b))
        let report = DiffReport(
            fileA: a, fileB: b, one: one, other: other, prices: try Prices.list(adding: prices),
            context: RequestContext(endpoint: endpoint, betas: Set(beta)))
        try report.print(json: json)
    }
}
