import Foundation
import Hummingbird
import PromptCacheWarmer
import Upstreams

/// A web server that answers questions with a long system prompt, and keeps that prompt warm while nobody asks.
@main
struct App {
    static let systemPrompt = String(repeating: "You are a helpful clerk of the town hall. ", count: 400)

    static func main() async throws {
        let key = ProcessInfo.processInfo.environment["ANTHROPIC_API_KEY"] ?? ""
        let warmer = try CacheWarmer(
            client: AnthropicClient(apiKey: key),
            config: WarmupConfig(
                model: "claude-sonnet-5-5", system: [.text(systemPrompt, cacheControl: .ephemeral)],
                interval: .seconds(240), budget: .perDay(.usd("1.00"))))

        let router = Router()
        router.get("/ask") { _, _ in
            // Send the user's question here, with the same model and system prompt. It keeps the prompt warm by itself:
            warmer.noteArrival(of: "prompt")
            return "An answer."
        }

        var app = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 8080)))
        app.addServices(warmer)
        try await app.runService()
    }
}
