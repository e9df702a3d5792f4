import ArgumentParser

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Goes on with a scope that was paused, or that stopped for a reason which has been mended.",
        discussion: """
            Example:

              warmer resume support
              warmer resume --all
            """)

    @OptionGroup var target: ScopeTarget
    @OptionGroup var control: ControlOptions

    func run() async throws { try await target.send("resume", done: "resumed", to: control.client()) }
}
