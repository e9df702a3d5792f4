import ArgumentParser
import Foundation
import OrderedJSON
import WarmerService

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks all that a daemon needs, from its configuration to its store, and says what to mend.",
        discussion: """
            Example:

              warmer doctor --config warmer.yaml

            It sends no prompt and costs nothing. The exit code is 1 if something keeps the daemon from its work.
            """)

    @Option(help: "The configuration.") var config = "warmer.yaml"
    @Option(
        help: ArgumentHelp("What `warmer probe` has measured, unless the configuration names it.", valueName: "file"))
    var profile: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let findings = await Doctor(
            file: config, profile: profile, environment: ProcessInfo.processInfo.environment
        ).findings()
        if json {
            let report: JSONOutput = [
                "findings": .array(
                    findings.map {
                        ["subject": .string($0.subject), "level": .string($0.level.rawValue), "text": .string($0.text)]
                    })
            ]
            Terminal.print(report.text(pretty: true))
        } else {
            let width = findings.map(\.subject.count).max() ?? 0
            for finding in findings {
                let (mark, color): (String, Terminal.Color) =
                    switch finding.level {
                    case .good: ("ok  ", .green)
                    case .warning: ("warn", .yellow)
                    case .bad: ("BAD ", .red)
                    }
                Terminal.print("\(Terminal.paint(mark, color))  \(finding.subject.padded(width))  \(finding.text)")
            }
        }
        let bad = findings.filter { $0.level == .bad }.count
        if bad > 0 { throw ExitCode(Failure.Code.failed.rawValue) }
    }
}
