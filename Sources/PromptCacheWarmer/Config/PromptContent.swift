import OrderedJSON
public import PromptCache

/// A `cache_control` marker.
public struct CacheControl: Sendable, Hashable {
    /// The lifetime asked for.
    public var lifetime: Lifetime

    /// The provider's default, 5 minutes.
    public static let ephemeral = CacheControl(lifetime: .fiveMinutes)

    /// A marker that asks for a lifetime.
    public static func ephemeral(ttl: Lifetime) -> CacheControl { CacheControl(lifetime: ttl) }

    var json: String {
        switch lifetime {
        case .fiveMinutes: #"{"type":"ephemeral"}"#
        case .oneHour: #"{"type":"ephemeral","ttl":"1h"}"#
        }
    }
}

/// A block of a system prompt.
public struct SystemBlock: Sendable {
    let json: String

    /// A block of text.
    public static func text(_ text: String, cacheControl: CacheControl? = nil) -> SystemBlock {
        let literal = String(decoding: text.jsonLiteral, as: UTF8.self)
        let marker = cacheControl.map { #","cache_control":\#($0.json)"# } ?? ""
        return SystemBlock(json: #"{"type":"text","text":\#(literal)\#(marker)}"#)
    }
}

/// A tool as the provider knows it.
public struct ToolDefinition: Sendable {
    let json: String

    /// A tool from its JSON, whose bytes are sent as they are: dictionaries would change the order of keys with every run
    /// of the process, and miss the cache.
    ///
    /// - Throws: ``RequestFault`` if it is no JSON object.
    public init(json: String, cacheControl: CacheControl? = nil) throws(RequestFault) {
        let bytes = Array(json.utf8)
        let text: JSONText
        do {
            text = try JSONText(bytes)
        } catch {
            throw RequestFault(error, in: bytes)
        }
        guard text.root.kind == .object else { throw RequestFault("a tool must be a JSON object") }
        guard let cacheControl else {
            self.json = json
            return
        }
        let marked = text.splicing(text.root.setting("cache_control", to: cacheControl.json))
        self.json = String(decoding: marked, as: UTF8.self)
    }
}

/// A message of the shared part of a conversation.
public struct PromptMessage: Sendable {
    let json: String

    /// What the user says.
    public static func user(_ text: String, cacheControl: CacheControl? = nil) -> PromptMessage {
        PromptMessage(role: "user", text, cacheControl)
    }

    /// What the model said.
    public static func assistant(_ text: String, cacheControl: CacheControl? = nil) -> PromptMessage {
        PromptMessage(role: "assistant", text, cacheControl)
    }

    private init(role: String, _ text: String, _ cacheControl: CacheControl?) {
        let block = SystemBlock.text(text, cacheControl: cacheControl).json
        json = #"{"role":"\#(role)","content":[\#(block)]}"#
    }
}
