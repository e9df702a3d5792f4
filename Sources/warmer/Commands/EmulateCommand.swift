import ArgumentParser
import Foundation
import PromptCacheEmulator
import SteppedTime
import UnixSignals

struct EmulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulate",
        abstract: "The provider's prompt cache as a local HTTP server: no key, no network, no cost.",
        discussion: """
            Example:

              warmer emulate --listen 127.0.0.1:8080
              ANTHROPIC_BASE_URL=http://127.0.0.1:8080 ANTHROPIC_API_KEY=sk-emu-me-1 python app.py

            Time goes on by itself, and POST /emulator/clock {"advance_seconds": 301} moves it on. Once a `warmer run \
            --clock` has joined, or with --stepped, it moves only when nothing is in flight. docs/emulator.md has it all.
            """)

    @Option(help: "Where to listen; port 0 for any.") var listen = "127.0.0.1:0"
    @Option(
        help: ArgumentHelp("A JSON file with what shall go wrong, as for POST /emulator/faults.", valueName: "file"))
    var faults: String?
    @Option(help: "Everything at random comes from it.") var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Requests a minute for each workspace and model.", valueName: "count"))
    var requestsPerMinute: Int?
    @Option(help: ArgumentHelp("The same for input tokens; what is read from the cache is free.", valueName: "count"))
    var inputTokensPerMinute: Int?
    @Option(help: ArgumentHelp("The same for output tokens.", valueName: "count")) var outputTokensPerMinute: Int?
    @Flag(help: "Time moves only when asked to, or when a request waits for it.") var stepped = false
    @Flag(help: "Responses begin at once, whatever they would take.") var fast = false

    func validate() throws {
        let limits = [requestsPerMinute, inputTokensPerMinute, outputTokensPerMinute]
        guard limits.allSatisfy({ $0 ?? 1 > 0 }) else { throw ValidationError("A limit a minute must be at least 1.") }
    }

    func run() async throws {
        let address = try ListenAddress(listen)
        let plan = try faults.map(Files.read)
        let configuration = EmulatorConfiguration(
            host: address.host, port: address.port, seed: seed, latency: fast ? .none : .usual,
            time: SteppedTime(runsByItself: !stepped),
            limits: EmulatedLimits(
                requests: requestsPerMinute, inputTokens: inputTokensPerMinute, outputTokens: outputTokensPerMinute))
        do {
            try await Emulator.run(configuration, faults: plan) { emulator in
                Terminal.print("listening on \(emulator.baseURL)")
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { return }
            }
        } catch let error as EmulatorError {
            throw Failure(.usage, "\(faults.map { "\($0): " } ?? "")\(error.reason)")
        } catch {
            throw Failure(.failed, "cannot listen on \(listen): \(error); choose another address")
        }
    }
}
