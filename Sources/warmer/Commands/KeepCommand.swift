import ArgumentParser
import Foundation
import OrderedJSON
import WarmingPolicies

struct KeepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep",
        abstract: "Holds a scope for a time, whatever its policy says and whatever that costs, within its budget.",
        discussion: """
            Examples:

              warmer keep support --for 2h
              warmer keep support --until 2026-11-25T18:00:00+01:00

            What is cold is written again. `warmer drop` ends it.
            """)

    @Argument(help: "The scope's name.") var scope: String
    @Option(name: .customLong("for"), help: ArgumentHelp("How long: 2h, 45m or 90s.", valueName: "time"))
    var duration: String?
    @Option(help: ArgumentHelp("Until when, in ISO 8601 with a time zone.", valueName: "date")) var until: String?
    @OptionGroup var control: ControlOptions

    mutating func validate() throws {
        guard (duration == nil) != (until == nil) else {
            throw ValidationError("say how long: --for 2h, or --until 2026-11-25T18:00:00Z")
        }
        if let duration, DurationText.read(duration) == nil {
            throw ValidationError("--for: '\(duration)' is not a duration; write for example 2h, 45m or 90s")
        }
        if let until, (try? Date(until, strategy: .iso8601)) == nil {
            throw ValidationError("--until: '\(until)' is not a time; write for example 2026-11-25T18:00:00Z")
        }
    }

    func run() async throws {
        let query = duration.map { "for=\($0)" } ?? "until=\((until ?? "").replacing("+", with: "%2B"))"
        let answer = try await control.client().post(ControlClient.scope(scope, "/keep?\(query)"))
        let end = answer["scopes"]?.elements.first { _ in true }?["kept_until"]?.string ?? ""
        Terminal.print("\(scope): kept until \(end.replacing("T", with: " ").replacing("Z", with: " UTC"))")
    }
}
