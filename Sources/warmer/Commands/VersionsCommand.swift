import ArgumentParser
import CachePrices
import CacheReports
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import PromptInspection
import WarmerService
import WarmingPolicies

struct VersionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions",
        abstract: "Which version of a prompt is deployed where; switching warms the new one first.",
        discussion: """
            Example:

              warmer versions record support prompts/support.json --env prod
              warmer versions list
              warmer versions diff support@1 support@2
              warmer versions switch support --env prod

            A version is another one if the cache would see it as another prefix. Recording the first version for an \
            environment makes it current there; every later one becomes current by `switch`, which warms it, verifies that \
            the cache holds it, and only then moves on. A daemon whose scope says `version: support@prod` follows by itself.
            """,
        subcommands: [Record.self, List.self, Show.self, Diff.self, Switch.self])

    struct Record: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Records a request as a version of a prompt.")
        @Argument(help: "What the prompt is called.", transform: VersionsCommand.name) var name: String
        @Argument(help: "A body of /v1/messages; - for standard input.") var request: String
        @Option(
            name: .customLong("env"), help: "Where it is to be deployed, such as prod.", transform: VersionsCommand.name
        )
        var environment: String?
        @OptionGroup var file: VersionsFile
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let request = try Files.request(request)
            do {
                try request.checkMarkers(CacheRules(for: request.model))
            } catch {
                throw Failure(.usage, "\(self.request): \(error)")
            }
            try await VersionsCommand.asking {
                let store = try await file.open(mustExist: false)
                let now = SystemClock().now.wall
                let (version, isNew) = try await store.record(name, request, at: now)
                var current: PromptVersion?
                if let environment {
                    current = try await store.current(name, in: environment)
                    if current == nil {
                        try await store.switchTo(version, in: environment, at: now)
                        current = version
                    }
                }
                report(version, isNew, current)
            }
        }

        private func report(_ version: PromptVersion, _ isNew: Bool, _ current: PromptVersion?) {
            if json {
                let report: JSONOutput = [
                    "name": .string(version.name), "version": .integer(version.number),
                    "hash": .string(version.shortHash), "new": .boolean(isNew), "env": .optional(environment),
                    "current": .optional(current?.number),
                ]
                return Terminal.print(report.text(pretty: true))
            }
            Terminal.print("\(version.reference) \(version.shortHash) \(isNew ? "recorded" : "is there already")")
            guard let environment, let current else { return }
            Terminal.print(
                current.number == version.number
                    ? "it is current in \(environment)"
                    : "\(current.reference) is current in \(environment); go on with: "
                        + "warmer versions switch \(version.reference) --env \(environment)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All versions, and where each is current.")
        @Argument(help: "Only of this prompt.") var name: String?
        @OptionGroup var file: VersionsFile
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let all = try await VersionsCommand.asking { try await file.open().list(name) }
            if json {
                let report: JSONOutput = ["versions": .array(all.map(VersionsCommand.report))]
                return Terminal.print(report.text(pretty: true))
            }
            let width = all.map(\.version.reference.count).max() ?? 0
            for recorded in all {
                let current = recorded.currentIn.joined(separator: ", ")
                Terminal.print(
                    "\(recorded.version.reference.padded(width))  \(recorded.version.shortHash)  "
                        + "\(Stats.timeText(recorded.at))  \(recorded.version.request.model)"
                        + (current.isEmpty ? "" : "  \(Terminal.paint("current in \(current)", .green))"))
            }
            if all.isEmpty { Terminal.print("no versions\(name.map { " of \($0)" } ?? "") are recorded") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One version: its keys, or with --body the request itself, byte for byte.")
        @Argument(help: "Such as support@3; support alone is the newest.", transform: VersionsCommand.reference)
        var version: VersionReference
        @OptionGroup var file: VersionsFile
        @Flag(help: "Write the request as it was recorded.") var body = false
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let recorded = try await VersionsCommand.find(version, in: try await file.opened())
            let request = recorded.version.request
            if body { return Terminal.write(String(decoding: request.bytes, as: UTF8.self)) }
            if json { return Terminal.print(VersionsCommand.report(recorded).text(pretty: true)) }
            let current = recorded.currentIn.joined(separator: ", ")
            Terminal.print("\(recorded.version.reference)  \(request.model)  recorded \(Stats.timeText(recorded.at))")
            Terminal.print(current.isEmpty ? "current nowhere" : "current in \(current)")
            for prefix in request.prefixes(in: RequestContext()) {
                Terminal.print(
                    "  \(prefix.key.hex.prefix(16))  \(prefix.breakpoint.lifetime.rawValue)  "
                        + "≈ \(prefix.size.estimatedTokens) tokens  \(prefix.breakpoint.path)")
            }
        }
    }

    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Where two versions part for the cache. The exit code is 3 if they do.")
        @Argument(help: "The older one, such as support@2.", transform: VersionsCommand.reference) var a:
            VersionReference
        @Argument(help: "The newer one.", transform: VersionsCommand.reference) var b: VersionReference
        @OptionGroup var file: VersionsFile
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let store = try await file.opened()
            let one = try await VersionsCommand.find(a, in: store).version
            let other = try await VersionsCommand.find(b, in: store).version
            let command = DiffReport(
                fileA: one.reference, fileB: other.reference, one: one.request, other: other.request, prices: .builtIn)
            try command.print(json: json)
        }
    }

    struct Switch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Warms a version, verifies that the cache holds it, and makes it current.",
            discussion:
                "If it cannot be warmed the one before stays current, and the exit code is 1; 3 if it does not verify.")
        @Argument(help: "Such as support@3; support alone is the newest.", transform: VersionsCommand.reference)
        var version: VersionReference
        @Option(name: .customLong("env"), help: "Where, such as prod.", transform: VersionsCommand.name)
        var environment: String
        @OptionGroup var upstream: UpstreamOptions
        @OptionGroup var touches: TouchOptions
        @Option(help: "The most that warming may cost at worst, in USD.") var budget = "1.00"
        @Option(
            help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
        var prices: String?
        @OptionGroup var file: VersionsFile
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let store = try await file.opened()
            let new = try await VersionsCommand.find(version, in: store).version
            let clock = try await upstream.warmClock()
            let old = try await VersionsCommand.asking { try await store.current(new.name, in: environment) }
            let result = try await warm(new, clock)
            guard result.isVerified == true else {
                throw Failure(
                    .notSo,
                    "\(new.reference) was sent and the cache does not hold it: "
                        + "\(old?.reference ?? "no version") stays current in \(environment)")
            }
            try await VersionsCommand.asking {
                try await store.switchTo(new, in: environment, at: clock.now.wall)
            }
            if json {
                let report: JSONOutput = [
                    "name": .string(new.name), "env": .string(environment), "version": .integer(new.number),
                    "before": .optional(old?.number), "verified": true, "usage": result.usage.report,
                    "cost_usd": .string(result.cost.decimal),
                ]
                return Terminal.print(report.text(pretty: true))
            }
            Terminal.print(
                "\(new.reference) is warm and current in \(environment), \(result.cost.short)"
                    + (old.map { "; before it was \($0.reference)" } ?? ""))
        }

        private func warm(_ version: PromptVersion, _ clock: any WarmClock) async throws -> WarmResult {
            let list = try Prices.list(adding: prices)
            let ledger = try await touches.writable(prices: list, clock: clock)
            let warmer = CacheWarmer(
                clients: [CacheWarmer.defaultUpstream: try upstream.client()],
                options: WarmerOptions(
                    budget: .perDay(try WarmCommand.usd(budget)), ledger: ledger, prices: list, clock: clock,
                    logger: .silent))
            let lifetime = version.request.breakpoints.last?.lifetime ?? .fiveMinutes
            do {
                try await warmer.add(
                    WarmScope(
                        name: version.reference, body: version.request.bytes, policy: .off(lifetime),
                        headers: upstream.headers))
                let result = try await warmer.warm(version.reference, verify: true)
                await ledger?.writeOut()
                return result
            } catch let fault as ScopeFault {
                throw Failure(.failed, "\(version.reference): \(fault.reason)")
            } catch let failure as WarmFailure {
                throw Failure(.failed, failure.reason)
            }
        }
    }
}

/// Which file of versions a command reads.
struct VersionsFile: ParsableArguments {
    @Option(
        name: .customLong("versions"),
        help: ArgumentHelp(
            "Where versions are kept, with their prompts: a file, or postgres://USER@HOST/DATABASE.",
            valueName: "file|url"))
    var path = "warmer-versions.sqlite"

    func open(mustExist: Bool = true) async throws(LedgerError) -> any PromptVersions {
        try await StoreLocation(path).openVersions(mustExist: mustExist)
    }

    func opened() async throws -> any PromptVersions { try await VersionsCommand.asking { try await open() } }
}

extension VersionsCommand {
    fileprivate static func name(_ text: String) throws -> String {
        guard VersionReference.isName(text) else {
            throw ValidationError("'\(text)' is no name: use letters, digits, - _ and .")
        }
        return text
    }

    fileprivate static func reference(_ text: String) throws -> VersionReference {
        guard let reference = VersionReference(text) else {
            throw ValidationError("'\(text)' is no version: write for example support or support@3")
        }
        return reference
    }

    fileprivate static func find(
        _ reference: VersionReference, in store: any PromptVersions
    ) async throws -> RecordedVersion {
        let found = try await asking { try await store.find(reference) }
        guard let found else {
            let number = reference.number.map { "@\($0)" } ?? ""
            throw Failure(.usage, "no version \(reference.name)\(number) is recorded; see `warmer versions list`")
        }
        return found
    }

    fileprivate static func report(_ recorded: RecordedVersion) -> JSONOutput {
        [
            "name": .string(recorded.version.name), "version": .integer(recorded.version.number),
            "hash": .string(recorded.version.shortHash), "model": .string(recorded.version.request.model.name),
            "recorded_at": .string(Stats.timeText(recorded.at)),
            "current_in": .array(recorded.currentIn.map(JSONOutput.string)),
            "keys": .array(recorded.version.request.prefixes(in: RequestContext()).map { .string($0.key.hex) }),
        ]
    }

    fileprivate static func asking<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do {
            return try await body()
        } catch let error as LedgerError {
            let isUsage = [LedgerError.Code.unreadable, .notALedger, .newerVersion].contains(error.code)
            throw Failure(isUsage ? .usage : .failed, "--versions \(error.reason)")
        }
    }
}
