import ArgumentParser
import CachePrices
import CacheProbe
import Foundation
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import Upstreams
import WarmerService

struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Measures on your account, for a few cents, how the cache really behaves where no document says.",
        discussion: """
            Example:

              export ANTHROPIC_API_KEY=…
              warmer probe --model claude-sonnet-5-5

            Says what it costs and asks before it sends anything. It takes about ten minutes, since entries must be \
            waited for. What it finds is written to a profile, which `profile: FILE` in warmer.yaml and \
            `warmer proxy --profile FILE` go by; measurements of other models and endpoints in it stay.

            Questions for --only: \(ProbeQuestion.allCases.map(\.rawValue).joined(separator: ", ")).
            """)

    @Option(help: "The model to measure.") var model: String
    @OptionGroup var upstream: UpstreamOptions
    @Option(help: ArgumentHelp("The profile to write.", valueName: "file")) var output = "warmer-profile.json"
    @Option(parsing: .upToNextOption, help: "Ask only these questions.", transform: Self.question)
    var only: [ProbeQuestion] = []
    @Option(help: "The most that it may cost, in USD; what is said beforehand unless given.") var budget: String?
    @Flag(help: "Send without asking, for scripts.") var yes = false
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?
    @Flag(help: "Print the measurement as JSON.") var json = false

    func run() async throws {
        let questions = ProbeQuestion.allCases.filter { only.isEmpty || only.contains($0) }
        let model = ModelID(model)
        guard let price = try Prices.list(adding: prices).price(of: model) else {
            throw Failure(.usage, "no price is known for \(model), so nothing is sent; add it with --prices FILE")
        }
        // A profile that cannot be added to is found out before money is spent.
        var profile = FileManager.default.fileExists(atPath: output) ? try Files.profile(output) : .documented
        let worstCase = questions.worstCase(price)
        let limit = try budget.map(WarmCommand.usd) ?? worstCase
        try confirm(questions.count, try upstream.client().endpoint, worstCase, limit)
        let report = try await measure(model, price, limit, questions)
        tell(report)
        guard report.answers.contains(where: { !$0.text.hasPrefix("unknown") }) else {
            throw Failure(.failed, "nothing could be measured, and \(output) is as it was; mend that and try again")
        }
        profile.put(report.cache)
        try write(profile)
        if !json { Terminal.print("written to \(output): name it as `profile: \(output)` in warmer.yaml") }
    }

    /// Nothing is spent that nobody has agreed to.
    private func confirm(_ count: Int, _ endpoint: String, _ worstCase: USD, _ limit: USD) throws {
        let cost = "at most \(min(worstCase, limit).short)"
        let what = "\(count) question\(count == 1 ? "" : "s") to \(model) at \(endpoint), \(cost)"
        if yes {
            if !json { Terminal.print(what) }
            return
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(.usage, "\(what): there is no terminal to ask at; say --yes to agree to it")
        }
        Terminal.write("\(what), about ten minutes. Send? [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else { throw Failure(.failed, "nothing was sent") }
    }

    private func measure(
        _ model: ModelID, _ price: ModelPrice, _ limit: USD, _ questions: [ProbeQuestion]
    ) async throws -> CacheProbe.Report {
        let shown = SharedProgressLine()
        let headers = upstream.headers
        let report = { @Sendable (clock: any WarmClock, client: any WarmCall) async -> CacheProbe.Report in
            let probe = CacheProbe(
                model: model, client: client, price: price, budget: limit, headers: headers, clock: clock)
            return await probe.run(questions) { shown.show("probing", $0) }
        }
        defer { shown.end() }
        guard let url = upstream.clock else { return await report(SystemClock(), try upstream.client()) }
        let clock = try await FollowerClock.join(url)
        let client = clock.participating(try upstream.client(headers: clock.headers))
        return try await clock.following { await report(clock, client) }
    }

    private func tell(_ report: CacheProbe.Report) {
        if json {
            Terminal.print(
                JSONOutput.object([
                    .init("cache", report.cache.json), .init("cost_usd", .string(report.cost.decimal)),
                    .init("calls", .integer(report.calls)),
                    .init(
                        "answers",
                        .object(report.answers.map { .init($0.question.rawValue, .string($0.text)) })),
                ]).text())
            return
        }
        let width = report.answers.map(\.question.text.count).max() ?? 0
        for answer in report.answers {
            let text = answer.text.hasPrefix("unknown") ? Terminal.paint(answer.text, .yellow) : answer.text
            Terminal.print("\(answer.question.text.padded(width))  \(text)")
        }
        Terminal.print("\(report.calls) calls, \(report.cost.short)")
    }

    private func write(_ profile: CacheProfile) throws(Failure) {
        do {
            try Data((profile.json.text(pretty: true) + "\n").utf8).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw Failure(.failed, "\(output): cannot be written; check its folder")
        }
    }

    static func question(_ text: String) throws -> ProbeQuestion {
        guard let question = ProbeQuestion(rawValue: text) else {
            let all = ProbeQuestion.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--only \(text): there are \(all)")
        }
        return question
    }
}
