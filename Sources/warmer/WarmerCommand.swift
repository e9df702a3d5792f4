import ArgumentParser
import Foundation
import WarmerService

/// The command line: parse, call, print.
@main
struct WarmerCommand: AsyncParsableCommand {
    static let version = WarmerVersion.current

    static let configuration = CommandConfiguration(
        commandName: "warmer",
        abstract: "Keeps LLM prompt caches warm: at the right moment, for as long as it pays, and not a ping longer.",
        discussion: """
            Try it without a key:

              warmer demo

            Exit codes: 0 success; 1 failure; 2 wrong usage or invalid configuration; 3 the thing asked about is not so.
            """,
        version: version,
        subcommands: [
            DemoCommand.self, RunCommand.self, WarmCommand.self, IsWarmCommand.self, StatusCommand.self,
            ExplainCommand.self, TopCommand.self, PauseCommand.self, ResumeCommand.self, KeepCommand.self,
            DropCommand.self, WarmNowCommand.self,
            OffCommand.self, OnCommand.self, DoctorCommand.self, ProbeCommand.self, EmulateCommand.self,
            KeyCommand.self, CostCommand.self, DiffCommand.self, LintCommand.self, StatsCommand.self,
            LedgerCommand.self, VersionsCommand.self, SimulateCommand.self, PlanCommand.self, ProxyCommand.self,
            ExecCommand.self,
        ])

    /// Runs a command, and turns whatever goes wrong into one line on standard error and the right exit code.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Terminal.complain(failure.reason)
            Foundation.exit(failure.code.rawValue)
        } catch let error where exitCode(for: error).isSuccess {
            // Help, the version and completion scripts come this way.
            print(message(for: error))
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch  where exitCode(for: error) == .validationFailure {
            Terminal.complain("\(oneLine(message(for: error))); see `warmer --help`")
            Foundation.exit(Failure.Code.usage.rawValue)
        } catch {
            Terminal.complain(oneLine(String(describing: error)))
            Foundation.exit(Failure.Code.failed.rawValue)
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }
}
