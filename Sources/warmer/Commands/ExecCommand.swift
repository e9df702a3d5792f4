import ArgumentParser
import Foundation
import Logging
import OrderedJSON
import ServiceLifecycle
import UnixSignals
import WarmerService

struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Runs a command behind a proxy of its own, and says at its end what its prompts have cost and why.",
        discussion: """
            Example:

              warmer exec -- python app.py
              warmer exec --warm --budget-per-day 0.50 -- claude

            ANTHROPIC_BASE_URL is set for the command. Signals go to it, and its exit code is this command's. The bill goes \
            to standard error. An ANTHROPIC_BASE_URL that is set already is taken as the upstream unless --upstream is \
            given.
            """)

    @OptionGroup var flags: ProxyFlags
    @Flag(help: "The bill as JSON.") var json = false
    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The command and its arguments, behind `--`.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if command.isEmpty {
            throw ValidationError("which command? Write it behind --, for example: warmer exec -- python app.py")
        }
    }

    func run() async throws {
        var flags = flags
        if flags.logLevel == .info { flags.logLevel = .warning }
        let (lines, listening) = AsyncStream.makeStream(of: String.self)
        let daemon = try await flags.daemon(
            listen: try ListenAddress("127.0.0.1:0"), upstream: Self.usualUpstream
        ) { line in
            listening.yield(line)
            listening.finish()
        }
        ServerProcess.settle()
        let child = ChildProcess(command)
        var quiet = flags.logger
        quiet.logLevel = max(flags.logLevel, .warning)
        let group = ServiceGroup(services: [daemon], logger: quiet)
        let code = try await withThrowingTaskGroup(of: Int32?.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
                return nil
            }
            tasks.addTask {
                guard let url = await lines.first(where: { _ in true })?.split(separator: " ").last else { return nil }
                defer { Task { await group.triggerGracefulShutdown() } }
                do {
                    return try await child.run(environment: ["ANTHROPIC_BASE_URL": String(url)])
                } catch let failure as SpawnFailure {
                    Terminal.complain("\(failure.command): \(failure.reason); check the command behind --")
                    return failure.code
                }
            }
            var code: Int32?
            for try await result in tasks { code = result ?? code }
            return code
        }
        let bill = BillText(daemon.bill)
        FileHandle.standardError.write(Data("\(json ? bill.json.text() : bill.table)\n".utf8))
        if let code, code != 0 { throw ExitCode(code) }
    }

    /// Where the command's requests would have gone.
    private static var usualUpstream: String {
        let given = ProcessInfo.processInfo.environment["ANTHROPIC_BASE_URL"] ?? ""
        return given.isEmpty ? "https://api.anthropic.com" : given
    }
}
