import OrderedJSON
import SteppedTime

@testable import PromptCacheEmulator

/// The provider without its wire, and time by hand.
struct Bench {
    let provider: Provider
    var now = Duration.zero

    init(_ configuration: EmulatorConfiguration = EmulatorConfiguration(latency: .none)) {
        provider = Provider(configuration)
    }

    /// Sends a request whose response begins at once.
    func send(_ body: String, workspace: String = "me", betas: Set<String> = [], region: String = "") throws
        -> EmulatedUsage
    {
        let decision = provider.begin(
            Array(body.utf8), from: Caller(workspace: workspace, betas: betas, region: region), now: now)
        let answer = try decision.answer.get()
        provider.commit(answer, now: now)
        return answer.plan.usage
    }

    /// What the provider says to a request that it refuses.
    func refusal(_ body: String) -> String? {
        switch provider.begin(Array(body.utf8), from: Caller(workspace: "me", betas: [], region: ""), now: now).answer {
        case .success: nil
        case .failure(let error): error.message
        }
    }
}

/// Bodies as text.
enum Bodies {
    /// 4,000 bytes: 1,004 tokens.
    static func long(_ letter: String = "a") -> String { String(repeating: letter, count: 4000) }

    static func text(_ text: String, _ ttl: String? = nil) -> String {
        let marker = ttl.map { #","cache_control":{"type":"ephemeral","ttl":"\#($0)"}"# } ?? ""
        return #"{"type":"text","text":"\#(text)"\#(marker)}"#
    }

    static func user(_ content: String) -> String { #"{"role":"user","content":[\#(content)]}"# }
    static func assistant(_ content: String) -> String { #"{"role":"assistant","content":[\#(content)]}"# }

    static func request(
        model: String = "claude-sonnet-5-5", tools: String? = nil, system: [String] = [text(long(), "5m")],
        messages: [String] = [user(text("Hi"))], maxTokens: Int = 5, extra: String = ""
    ) -> String {
        let tools = tools.map { #""tools":[\#($0)],"# } ?? ""
        let system = system.isEmpty ? "" : #""system":[\#(system.joined(separator: ","))],"#
        return
            #"{"model":"\#(model)","max_tokens":\#(maxTokens),\#(extra)\#(tools)\#(system)"messages":[\#(messages.joined(separator: ","))]}"#
    }
}
