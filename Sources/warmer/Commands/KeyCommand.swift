import ArgumentParser
import OrderedJSON
import PromptCache

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "The cache key of each prefix of a request: equal keys share a cache entry.",
        discussion: """
            Example:

              warmer key request.json

            Nothing is sent. Tokens are estimated from bytes; only the provider counts them.
            """)

    @Argument(help: "A body of /v1/messages; - for standard input.") var request: String
    @Option(help: "Where it is sent; another endpoint is another cache.") var endpoint = "https://api.anthropic.com"
    @Option(help: "A value of the anthropic-beta header; may be repeated.") var beta: [String] = []
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let file = request
        let request = try Files.request(file)
        let rules = CacheRules(for: request.model)
        do {
            try request.checkMarkers(rules)
        } catch {
            throw Failure(.usage, "\(file): \(error)")
        }
        let prefixes = request.prefixes(in: RequestContext(endpoint: endpoint, betas: Set(beta)))
        if json {
            let report: JSONOutput = [
                "model": .string(request.model.name),
                "prefixes": .array(
                    prefixes.map { prefix in
                        [
                            "path": .string(prefix.breakpoint.path), "key": .string(prefix.key.hex),
                            "ttl": .string(prefix.breakpoint.lifetime.rawValue), "bytes": .integer(prefix.size.bytes),
                            "estimated_tokens": .integer(prefix.size.estimatedTokens),
                            "cacheable": .boolean(prefix.isLikelyCached(rules)),
                        ]
                    }),
            ]
            Terminal.print(report.text(pretty: true))
            return
        }
        Terminal.print("\(request.model)")
        if prefixes.isEmpty {
            Terminal.print("  no cache_control: nothing of this request is cached")
        }
        for prefix in prefixes {
            let note = prefix.isLikelyCached(rules) ? "" : "  below the minimum of \(rules.minimumTokens) tokens"
            Terminal.print(
                "  \(prefix.key.hex.prefix(16))  \(prefix.breakpoint.lifetime.rawValue)  "
                    + "≈ \(prefix.size.estimatedTokens) tokens  \(prefix.breakpoint.path)"
                    + Terminal.paint(note, .yellow))
        }
    }
}

extension Prefix {
    /// By the estimate; a prompt with media is taken to be long enough.
    fileprivate func isLikelyCached(_ rules: CacheRules) -> Bool {
        size.hasMedia || size.estimatedTokens >= rules.minimumTokens
    }
}
