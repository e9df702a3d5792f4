import ArgumentParser
import CachePrices
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import Upstreams
import WarmingPolicies

struct WarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm",
        abstract: "Warms the shared prefix of requests once, now: for a deploy hook.",
        discussion: """
            Example:

              export ANTHROPIC_API_KEY=…
              warmer warm request.json --verify && deploy

            Sends everything up to the last breakpoint and asks for no output. With --verify a second request must read \
            what the first one wrote; if it does not, the exit code is 3.
            """)

    @Argument(help: "Bodies of /v1/messages; messages behind the last breakpoint are left out.") var requests: [String]
    @Flag(help: "Send a second request, which must read the cache.") var verify = false
    @OptionGroup var upstream: UpstreamOptions
    @OptionGroup var touches: TouchOptions
    @Option(help: "Place this many breakpoints besides those that are there; at most 4 in all.") var breakpoints = 0
    @Option(help: "The most that all of it may cost at worst, in USD.") var budget = "1.00"
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?
    @Flag(help: "Print a line of JSON for each request.") var json = false

    func run() async throws {
        let list = try Prices.list(adding: prices)
        let client = try upstream.client()
        let clock = try await upstream.warmClock()
        let ledger = try await touches.writable(prices: list, clock: clock)
        let warmer = CacheWarmer(
            clients: [CacheWarmer.defaultUpstream: client],
            options: WarmerOptions(
                budget: .perDay(try Self.usd(budget)), ledger: ledger, prices: list, clock: clock, logger: .silent))
        var isAllVerified = true
        for file in requests {
            let scope = try scope(file)
            do {
                try await warmer.add(scope)
                let result = try await warmer.warm(scope.name, verify: verify)
                report(file, result)
                isAllVerified = isAllVerified && result.isVerified != false
            } catch let fault as ScopeFault {
                throw Failure(.usage, "\(file): \(fault.reason)")
            } catch let failure as WarmFailure {
                throw Failure(.failed, failure.reason)
            }
        }
        await ledger?.writeOut()
        if !isAllVerified {
            throw Failure(.notSo, "a second request did not read the cache: it is not warm; see the verdicts above")
        }
    }

    private func scope(_ file: String) throws -> WarmScope {
        var request = try Files.request(file)
        do {
            if breakpoints > 0 {
                let marked = try request.placingBreakpoints(breakpoints, rules: CacheRules(for: request.model))
                request = try MessagesRequest(marked)
            }
        } catch {
            throw Failure(.usage, "\(file): \(error)")
        }
        let lifetime = request.breakpoints.last?.lifetime ?? .fiveMinutes
        return WarmScope(
            name: file, body: request.bytes, policy: .off(lifetime), headers: upstream.headers, verifies: verify)
    }

    private func report(_ file: String, _ result: WarmResult) {
        guard let last = result.prefixes.first else { return }
        let milliseconds = Int(last.latency / .milliseconds(1))
        if json {
            let report: JSONOutput = [
                "model": .string(last.model.name), "verdict": .string(last.verdict.rawValue),
                "verified": result.isVerified.map(JSONOutput.boolean) ?? .null,
                "usage": result.usage.report,
                "cost_usd": .string(result.cost.decimal), "ttft_ms": .integer(milliseconds),
            ]
            Terminal.print(report.text())
            return
        }
        for prefix in result.prefixes {
            let what =
                switch prefix.verdict {
                case .hit: Terminal.paint("was warm", .green) + ", read \(prefix.usage.read) tokens"
                case .partial, .rewritten: Terminal.paint("warmed", .green) + ", wrote \(prefix.usage.written) tokens"
                case .uncached: Terminal.paint("not cached", .red) + ": too short, or the marker got lost on the way"
                }
            let verified = prefix.isVerified.map { $0 ? ", verified" : ", not verified" } ?? ""
            Terminal.print("\(file) \(prefix.breakpoint) \(what)\(verified), \(prefix.cost.short), \(milliseconds) ms")
        }
    }

    static func usd(_ text: String) throws(Failure) -> USD {
        do {
            return try USD(text)
        } catch {
            throw Failure(.usage, "--budget: \(error)")
        }
    }
}
