import ArgumentParser
import CachePrices
import CacheReports
import Foundation
import OrderedJSON
import PromptCacheWarmer
import WarmingPolicies

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Hit rates, cold starts and their causes, what pings cost and what they are proven to have saved.",
        discussion: """
            Examples:

              warmer stats --by scope --since 24h
              warmer stats --html report.html
              warmer stats --transcripts ~/.claude/projects --by model
              warmer stats --usage responses.jsonl yesterday.jsonl.gz
              warmer stats --min-hit-rate 0.8 || echo "staging caches too little"

            The hit rate is tokens read, of those read and written. --usage takes responses of the API, one a line, each \
            with a timestamp; nothing of ours needs to have run for that or for transcripts. With --min-hit-rate the exit code is 3 if it is lower, \
            or if nothing was recorded.
            """)

    @OptionGroup var ledger: LedgerOptions
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Responses of the API in files instead of a ledger.", valueName: "file.jsonl"))
    var usage: [String] = []
    @Option(
        help: ArgumentHelp("Claude Code's transcripts instead of a ledger: ~/.claude/projects.", valueName: "folder"))
    var transcripts: String?
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?
    @Option(help: "What to sum up by: scope, model, upstream, hour or day.", transform: Self.grouping)
    var by = Stats.Grouping.scope
    @Option(help: ArgumentHelp("Only what began since then, such as 24h, 7d or 2026-11-25.", valueName: "time"))
    var since: Since?
    @Option(help: ArgumentHelp("The least hit rate in tokens, from 0 to 1.", valueName: "rate"), transform: Self.rate)
    var minHitRate: Double?
    @Option(help: ArgumentHelp("Write one page with charts; - for standard output.", valueName: "file")) var html:
        String?
    @Flag(help: "Print CSV.") var csv = false
    @Flag(help: "Print JSON.") var json = false
    @Option(help: "Where a day begins, such as Europe/Berlin.", transform: Self.zone) var timeZone = TimeZone.gmt
    @Option(help: ArgumentHelp("Take the time from an emulator instead of this machine.", valueName: "url"))
    var clock: String?

    func run() async throws {
        let start = try await since.asyncMap { $0.start(now: try await now()) } ?? .distantPast
        let records = try TrafficRecords(usage: usage, transcripts: transcripts, prices: prices, isQuiet: json || csv)
        let hours = if let records { records.hours(since: start) } else { try await recorded(since: start) }
        let stats = Stats(hours, by: by, timeZone: timeZone)
        if json { Terminal.print(report(stats, records).text(pretty: true)) }
        if csv { Terminal.write(stats.csv) }
        if let html { try Self.write(StatsPage(stats).html, to: html) }
        if !json, !csv, html != "-" { for line in StatsText(stats, paint: Self.paint).lines { Terminal.print(line) } }
        guard let least = minHitRate else { return }
        guard let rate = stats.total.hitRateTokens else {
            throw Failure(
                .notSo, "no requests with a usage were recorded, so there is no hit rate of at least \(least)")
        }
        if rate < least {
            throw Failure(.notSo, "the hit rate is \(Numbers.plain(rate, decimals: 4)), below --min-hit-rate \(least)")
        }
    }

    func validate() throws {
        let sources = [!usage.isEmpty, transcripts != nil, ledger.ledger != LedgerOptions.standard]
        if sources.count(where: { $0 }) > 1 { throw ValidationError("--ledger, --usage and --transcripts: choose one") }
        if prices != nil, usage.isEmpty, transcripts == nil {
            throw ValidationError("--prices: a ledger has its costs already; give it with --usage or --transcripts")
        }
        if json, csv { throw ValidationError("--json and --csv: choose one") }
        if html == "-", json || csv { throw ValidationError("--html -: standard output is taken by --json or --csv") }
    }

    private func now() async throws -> Moment {
        try await clock.asyncMap { try await EmulatorTime.clock($0) }?.now.wall ?? SystemClock.wall
    }

    private func report(_ stats: Stats, _ records: TrafficRecords?) -> JSONOutput {
        guard let records, case .object(let members) = stats.json else { return stats.json }
        return .object(members + [JSONOutput.Member("left_out", records.leftOutReport)])
    }

    private func recorded(since start: Moment) async throws -> [HourTotals] {
        if ledger.ledger == LedgerOptions.standard, !FileManager.default.fileExists(atPath: ledger.ledger) {
            throw Failure(
                .usage,
                "there is no ledger \(ledger.ledger) here: name one with --ledger, or report on other records with "
                    + "--usage FILE.jsonl or --transcripts ~/.claude/projects")
        }
        let store = try await ledger.open()
        do {
            return try await store.totals(from: start, to: .distantFuture)
        } catch {
            throw Failure(.failed, "--ledger \(error)")
        }
    }

    private static func write(_ page: String, to file: String) throws(Failure) {
        if file == "-" { return Terminal.write(page) }
        do {
            try Data(page.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw Failure(.failed, "--html \(file): cannot be written; check its folder and permissions")
        }
    }

    @Sendable private static func paint(_ text: String, _ tone: StatsText.Tone) -> String {
        switch tone {
        case .plain: text
        case .good: Terminal.paint(text, .green)
        case .bad: Terminal.paint(text, .red)
        case .quiet: Terminal.paint(text, .gray)
        }
    }

    private static func grouping(_ name: String) throws -> Stats.Grouping {
        guard let grouping = Stats.Grouping(rawValue: name) else {
            throw ValidationError("--by \(name): write scope, model, upstream, hour or day")
        }
        return grouping
    }

    private static func rate(_ text: String) throws -> Double {
        guard let rate = Double(text), (0...1).contains(rate) else {
            throw ValidationError("--min-hit-rate \(text): must be from 0 to 1, such as 0.8")
        }
        return rate
    }

    private static func zone(_ name: String) throws -> TimeZone {
        guard let zone = TimeZone(identifier: name) else {
            throw ValidationError("--time-zone \(name): there is no such zone; write for example Europe/Berlin")
        }
        return zone
    }
}
