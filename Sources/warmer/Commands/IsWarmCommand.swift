import ArgumentParser
import CachePrices
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

struct IsWarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "is-warm",
        abstract: "How much life a request's prefix has left, and what sending it now would cost.",
        discussion: """
            Example:

              warmer is-warm request.json || echo "the next one pays for a write"

            Answers from what `warmer warm` on this machine, a ledger or a running `warmer run` have seen; nothing is sent \
            to the provider. The exit code is 3 if the prefix is cold as far as they know.
            """)

    @Argument(help: "A body of /v1/messages; - for standard input.") var request: String
    @OptionGroup var upstream: UpstreamOptions
    @OptionGroup var touches: TouchOptions
    @Option(help: ArgumentHelp("The dashboard of a running `warmer run`.", valueName: "url"))
    var control: String?
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let file = request
        let request = try Files.request(file)
        let context = RequestContext(endpoint: upstream.upstream, betas: Set(upstream.beta))
        guard let prefix = request.lastPrefix(in: context) else {
            throw Failure(.usage, "\(file): bears no cache_control, so it is never cached; mark its last shared block")
        }
        let now = try await upstream.warmClock().now.wall
        let seen = try await seen(prefix.key, now)
        let daemon = try await control.asyncMap { try await Warmth.ask($0, about: prefix.key) } ?? nil
        let life = max(seen?.lifeLeft ?? .zero, daemon?.lifeLeft ?? .zero)
        let tokens = daemon?.tokens ?? seen?.tokens ?? prefix.size.estimatedTokens
        let isWarm = life > .zero
        let lifetime = prefix.breakpoint.lifetime
        let price = try Prices.list(adding: prices).price(of: request.model)
        let read = price?.cost(of: Usage(read: tokens)).total
        let written = lifetime == .oneHour ? Usage(write1h: tokens) : Usage(write5m: tokens)
        let write = price?.cost(of: written).total
        let seconds = Int(life / .seconds(1))
        if json {
            let report: JSONOutput = [
                "warm": .boolean(isWarm), "life_left_seconds": .integer(seconds), "key": .string(prefix.key.hex),
                "prefix_tokens": .integer(tokens),
                "cost_usd": .optional((isWarm ? read : write)?.decimal), "cold_cost_usd": .optional(write?.decimal),
            ]
            Terminal.print(report.text(pretty: true))
        } else {
            let cost = (isWarm ? read : write).map { " for \($0.short)" } ?? " (no price is known for \(request.model))"
            Terminal.print(
                isWarm
                    ? Terminal.paint("warm", .green)
                        + " for \(seconds) s more: sending it now reads \(tokens) tokens\(cost)"
                        + (write.map { "; once cold, a write costs \($0.short)" } ?? "")
                    : Terminal.paint("cold", .yellow) + ": sending it now writes about \(tokens) tokens\(cost)")
        }
        if !isWarm { throw ExitCode(Failure.Code.notSo.rawValue) }
    }

    private func seen(_ key: PrefixKey, _ now: Moment) async throws -> Warmth? {
        guard let ledger = try await touches.readable() else { return nil }
        do {
            return try await Warmth.look(in: ledger, for: key, at: now)
        } catch {
            throw Failure(.failed, "--ledger \(error)")
        }
    }
}
