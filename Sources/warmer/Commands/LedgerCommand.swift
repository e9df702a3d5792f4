import ArgumentParser
import CachePrices
import CacheReports
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import WarmerService
import WarmingPolicies

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "What a ledger holds, whether it is whole, and moving it to a database.",
        discussion: """
            Examples:

              warmer ledger info --ledger warmer.sqlite
              warmer ledger check
              warmer ledger rows --since 1h --json
              warmer ledger copy warmer.sqlite postgres://warmer@db/warmer

            A ledger holds times, tokens, money and the names of scopes; neither prompts nor keys of accounts.
            """,
        subcommands: [Info.self, Check.self, Rows.self, Copy.self], defaultSubcommand: Info.self)

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Versions, rows and reservations.")
        @OptionGroup var ledger: LedgerOptions
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let store = try await ledger.open()
            let summary = try await LedgerCommand.asking { try await store.summary() }
            if json {
                let report: JSONOutput = [
                    "version": .integer(summary.version), "rows": .integer(summary.rows),
                    "oldest": .optional(summary.oldest.map(Stats.timeText)),
                    "newest": .optional(summary.newest.map(Stats.timeText)),
                    "settled_usd": .string(summary.settled.decimal),
                    "open_reservations": .integer(summary.openReservations),
                    "open_usd": .string(summary.openAmount.decimal),
                ]
                return Terminal.print(report.text(pretty: true))
            }
            Terminal.print("\(store.place): version \(summary.version), \(summary.rows) rows")
            if let oldest = summary.oldest, let newest = summary.newest {
                Terminal.print("from \(Stats.timeText(oldest)) to \(Stats.timeText(newest))")
            }
            Terminal.print("\(summary.settled.short) settled")
            if summary.openReservations > 0 {
                Terminal.print(
                    "\(summary.openReservations) reservations were never settled: \(summary.openAmount.short) "
                        + "that counts as spent")
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads every page of a file; holds the accounts of a database against what they are made of.")
        @OptionGroup var ledger: LedgerOptions

        func run() async throws {
            let store = try await ledger.open()
            try await LedgerCommand.asking { try await store.check() }
            Terminal.print("\(store.place): \(Terminal.paint("whole", .green))")
        }
    }

    struct Rows: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Raw rows, the oldest first.")
        @OptionGroup var ledger: LedgerOptions
        @Option(help: ArgumentHelp("Only what began since then, such as 24h, 7d or 2026-11-25.", valueName: "time"))
        var since: Since?
        @Flag(help: "Print a line of JSON for each row.") var json = false

        func run() async throws {
            let start = since?.start(now: SystemClock().now.wall) ?? .distantPast
            let rows = try await LedgerCommand.asking {
                try await ledger.open().rows(from: start, to: .distantFuture)
            }
            for row in rows { Terminal.print(json ? Self.report(row).text() : Self.line(row)) }
        }

        private static func line(_ row: LedgerRow) -> String {
            let what =
                row.kind == .arrival ? "arrival" : row.outcome == .answered ? "ping" : "ping \(row.outcome.rawValue)"
            let verdict = row.verdict.map { " \($0.rawValue)" } ?? ""
            let cause = row.cause.map { " (\($0.rawValue))" } ?? ""
            let reason = row.reason.isEmpty ? "" : "  \(row.reason)"
            return "\(Stats.timeText(row.at))  \(row.scope)  \(what)\(verdict)\(cause)"
                + "\(row.cost.map { "  \($0.short)" } ?? "")\(reason)"
        }

        private static func report(_ row: LedgerRow) -> JSONOutput {
            [
                "at": .string(Stats.timeText(row.at)), "kind": .string(row.kind.rawValue),
                "outcome": .string(row.outcome.rawValue), "scope": .string(row.scope),
                "upstream": .string(row.upstream), "model": .string(row.model.name),
                "lifetime": .string(row.lifetime.rawValue), "usage": row.usage?.report ?? .null,
                "cost_usd": .optional(row.cost?.decimal), "verdict": .optional(row.verdict?.rawValue),
                "cause": .optional(row.cause?.rawValue),
                "ttft_ms": .optional(row.timeToFirstToken.map { $0 / .milliseconds(1) }),
                "reason": .string(row.reason), "expected_usd": .optional(row.expectedValue?.decimal),
            ]
        }
    }

    struct Copy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Moves a ledger from a file into a PostgreSQL database, and proves that the totals are the same.",
            discussion: """
                Example:

                  PGPASSWORD=… warmer ledger copy warmer.sqlite postgres://warmer@db/warmer

                All or nothing: the database must hold no ledger yet, and the file stays as it is. Stop the daemon first, \
                and start it again with the database as its store.
                """)
        @Argument(help: "The file.") var from: String
        @Argument(help: "postgres://USER@HOST/DATABASE") var to: String
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let (source, target) = (StoreLocation(from), StoreLocation(to))
            let (hours, summary) = try await LedgerCommand.asking {
                try await source.copyLedger(to: target, logger: .silent)
            }
            if json {
                let report: JSONOutput = [
                    "from": .string("\(source)"), "to": .string("\(target)"), "rows": .integer(summary.rows),
                    "hours": .integer(hours), "settled_usd": .string(summary.settled.decimal),
                    "open_usd": .string(summary.openAmount.decimal), "same_totals": true,
                ]
                return Terminal.print(report.text(pretty: true))
            }
            Terminal.print("\(source) → \(target): \(summary.rows) rows, \(hours) totals of hours")
            Terminal.print(
                "\(Terminal.paint("the totals are the same", .green)): \(summary.settled.short) settled, "
                    + "\(summary.openAmount.short) open")
        }
    }

    /// Turns what is wrong with a ledger into a failure of the command.
    static func asking<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as LedgerError {
            throw Failure(.failed, error.reason)
        }
    }
}
