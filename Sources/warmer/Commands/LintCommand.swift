import ArgumentParser
import CachePrices
import OrderedJSON
import PromptCache
import PromptInspection

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "What will keep requests from being cached, why, and what it costs.",
        discussion: """
            Example:

              warmer lint prompts/*.json --format github

            Nothing is sent. The exit code is 3 if anything is found; leave rules out with --ignore. The rules:

              \(LintRule.allCases.map(\.rawValue).joined(separator: "\n  "))
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, github }

    @Argument(help: "Bodies of /v1/messages; - for standard input.") var requests: [String]
    @Option(help: "How to say it; github makes annotations of a workflow.") var format = Format.text
    @Option(help: ArgumentHelp("A rule to leave out; may be repeated.", valueName: "rule"), transform: Self.rule)
    var ignore: [LintRule] = []
    @Option(help: ArgumentHelp("A JSON file with prices that add to or override the built-in ones.", valueName: "file"))
    var prices: String?

    func run() async throws {
        let list = try Prices.list(adding: prices)
        var found: [(file: String, request: MessagesRequest, finding: Finding)] = []
        for file in requests {
            let request = try Files.request(file)
            let lint = PromptLint(request, price: list.price(of: request.model))
            found += lint.findings.filter { !ignore.contains($0.rule) }.map { (file, request, $0) }
        }
        switch format {
        case .json:
            let findings = found.map { Self.report($0.file, $0.request, $0.finding) }
            Terminal.print((["findings": .array(findings)] as JSONOutput).text(pretty: true))
        case .github: for (file, request, finding) in found { Terminal.print(Self.annotation(file, request, finding)) }
        case .text:
            for (file, request, finding) in found { Self.tell(file, request, finding) }
            if found.isEmpty { Terminal.print(Terminal.paint("nothing found", .green)) }
        }
        if !found.isEmpty { throw ExitCode(Failure.Code.notSo.rawValue) }
    }

    private static func rule(_ name: String) throws -> LintRule {
        if let rule = LintRule(rawValue: name) { return rule }
        let names = LintRule.allCases.map(\.rawValue)
        let hint = Nearest.name(to: name, among: names).map { "did you mean \($0)?" } ?? names.joined(separator: ", ")
        throw ValidationError("--ignore \(name): there is no such rule; \(hint)")
    }

    private static func place(_ request: MessagesRequest, _ finding: Finding) -> (line: Int, column: Int) {
        JSONFault(offset: finding.offset, reason: "").lineAndColumn(in: request.bytes)
    }

    private static func report(_ file: String, _ request: MessagesRequest, _ finding: Finding) -> JSONOutput {
        let (line, column) = place(request, finding)
        return [
            "rule": .string(finding.rule.rawValue), "severity": .string(finding.severity.rawValue),
            "path": .string(finding.path), "message": .string(finding.message), "fix": .string(finding.fix),
            "file": .string(file), "line": .integer(line), "column": .integer(column),
            "tokens": .integer(finding.tokens), "usd_per_request": .optional(finding.price?.decimal),
        ]
    }

    private static func priced(_ finding: Finding) -> String {
        finding.tokens == 0
            ? "" : " (≈ \(finding.tokens) tokens\(finding.price.map { ", \($0.short)" } ?? "") a request)"
    }

    private static func tell(_ file: String, _ request: MessagesRequest, _ finding: Finding) {
        let (line, column) = place(request, finding)
        let color: Terminal.Color =
            switch finding.severity {
            case .error: .red
            case .warning: .yellow
            case .notice: .blue
            }
        let path = finding.path.isEmpty ? "" : "\(finding.path): "
        Terminal.print(
            "\(file):\(line):\(column): \(Terminal.paint(finding.severity.rawValue, color)): \(path)\(finding.message)"
                + "\(priced(finding)) \(Terminal.paint("[\(finding.rule.rawValue)]", .gray))")
        Terminal.print("  \(finding.fix)")
    }

    /// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    private static func annotation(_ file: String, _ request: MessagesRequest, _ finding: Finding) -> String {
        let (line, column) = place(request, finding)
        func data(_ text: String) -> String {
            text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        }
        func property(_ text: String) -> String { data(text).replacing(":", with: "%3A").replacing(",", with: "%2C") }
        let path = finding.path.isEmpty ? "" : "\(finding.path): "
        return "::\(finding.severity.rawValue) file=\(property(file)),line=\(line),col=\(column),"
            + "title=\(property("warmer lint: \(finding.rule.rawValue)"))::"
            + data("\(path)\(finding.message)\(priced(finding)); \(finding.fix)")
    }
}
