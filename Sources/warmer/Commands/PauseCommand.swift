import ArgumentParser
import OrderedJSON

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Sends no more pings for a scope, or for all of them, until it is resumed.",
        discussion: """
            Example:

              warmer pause support
              warmer pause --all

            Nothing is remembered over a restart. `warmer off` stops all spending, and that is.
            """)

    @OptionGroup var target: ScopeTarget
    @OptionGroup var control: ControlOptions

    func run() async throws { try await target.send("pause", done: "paused", to: control.client()) }
}

/// One scope, or all of them.
struct ScopeTarget: ParsableArguments {
    @Argument(help: "The scope's name.") var scope: String?
    @Flag(help: "All scopes.") var all = false

    mutating func validate() throws {
        guard (scope == nil) == all else { throw ValidationError("name a scope, or say --all") }
    }

    func send(_ verb: String, done: String, to client: ControlClient) async throws {
        if let scope {
            try await client.post(ControlClient.scope(scope, "/\(verb)"))
            Terminal.print("\(scope): \(done)")
        } else {
            let count = try await client.post("/v1/\(verb)")["scopes"]?.integer ?? 0
            Terminal.print("\(count) scopes: \(done)")
        }
    }
}
