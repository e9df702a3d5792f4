import ArgumentParser

struct DropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Lets a scope go, since its conversation is over: no more pings until somebody comes after all.",
        discussion: """
            Example:

              warmer drop support

            It ends `warmer keep`. `warmer pause` sends nothing even when somebody comes.
            """)

    @Argument(help: "The scope's name.") var scope: String
    @OptionGroup var control: ControlOptions

    func run() async throws {
        try await control.client().post(ControlClient.scope(scope, "/drop"))
        Terminal.print("\(scope): let go")
    }
}
