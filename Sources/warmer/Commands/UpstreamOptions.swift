import ArgumentParser
import Foundation
import Logging
import PromptCacheWarmer
import Upstreams

/// Where requests of a command go, and who pays for them.
struct UpstreamOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The base URL of the provider, or of an emulator.", valueName: "url"))
    var upstream = "https://api.anthropic.com"
    @Option(help: ArgumentHelp("A value of the anthropic-beta header that the real traffic sends.", valueName: "name"))
    var beta: [String] = []
    @Option(
        help: ArgumentHelp(
            "Take the time from an emulator instead of this machine; from the upstream itself where that is one.",
            valueName: "url"))
    var clock: String?

    static let keyVariable = "ANTHROPIC_API_KEY"

    /// What decides over the cache besides the body.
    var headers: [WarmHeader] { beta.map { WarmHeader("anthropic-beta", $0) } }

    /// - Parameter headers: of the process rather than of the traffic.
    func client(headers: [WarmHeader] = []) throws(Failure) -> AnthropicClient {
        guard let key = ProcessInfo.processInfo.environment[Self.keyVariable], !key.isEmpty else {
            throw Failure(.usage, "\(Self.keyVariable) is not set; export it (for an emulator any key will do)")
        }
        do {
            return try AnthropicClient(credential: .apiKey(key), endpoint: upstream, headers: headers)
        } catch {
            throw Failure(.usage, "--upstream: \(error)")
        }
    }
}

extension UpstreamOptions {
    /// The machine's time, or an emulator's as it is now: of the one that was named, or that is the upstream itself.
    func warmClock() async throws -> any WarmClock {
        if let clock { return try await EmulatorTime.clock(clock) }
        guard let host = URL(string: upstream)?.host(), ["127.0.0.1", "localhost", "::1"].contains(host) else {
            return SystemClock()
        }
        return (try? await EmulatorTime.clock(upstream)) ?? SystemClock()
    }
}

extension Logger {
    /// For commands that say what they have to say themselves.
    static var silent: Logger { Logger(label: "warmer", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
