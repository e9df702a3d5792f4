import ArgumentParser
import OrderedJSON

struct OffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "off",
        abstract: "The kill switch: a running daemon spends nothing from now on, and not after a restart either.",
        discussion: """
            Example:

              warmer off

            Scopes keep their state and arrivals are noted. `warmer on` ends it. WARMER_WARMING=off in the daemon's \
            environment does the same for as long as it is set.
            """)

    @OptionGroup var control: ControlOptions

    func run() async throws {
        let answer = try await control.client().post("/v1/warming/off")
        Terminal.print("warming is off: \(answer["off_reason"]?.string ?? "")")
    }
}

struct OnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "on",
        abstract: "Ends what `warmer off` began.",
        discussion: """
            Example:

              warmer on
            """)

    @OptionGroup var control: ControlOptions

    func run() async throws {
        try await control.client().post("/v1/warming/on")
        Terminal.print("warming is on")
    }
}
