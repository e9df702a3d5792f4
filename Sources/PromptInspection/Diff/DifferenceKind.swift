/// What kind of change parts two requests. The raw values are what reports say.
public enum DifferenceKind: String, Hashable, Sendable, CaseIterable {
    case orderOfTools = "order of tools"
    case orderOfKeys = "order of keys"
    case whitespace
    /// Characters spelled by other escapes.
    case escapes
    case timestamp
    case uuid = "UUID"
    /// A number that counts: all else around it is the same.
    case counter
    case thinkingOrEffort = "thinking or effort"
    case toolChoice = "tool_choice"
    case image
    case citations
    /// Only `cache_control` differs.
    case markerOnly = "marker only"
    case model
    /// A top-level member that joins the key.
    case setting
    /// A top-level member that the cache does not see: `max_tokens`, `stream`, `metadata`, `diagnostics`.
    case notSeen = "not seen by the cache"
    case added, removed
    case role
    /// A number, a truth value or the type of a value.
    case value
    case text

    /// What tends to cause it and what to do, as one line; nil where the change says it all.
    public var advice: String? {
        switch self {
        case .orderOfTools:
            "send the tools in one order: sort them by name, and do not keep them in a dictionary or set"
        case .orderOfKeys:
            "the encoder orders keys anew each time: keep the bytes, or encode with sorted keys"
        case .whitespace: "build the text in one way; a template or an editor has changed its spaces"
        case .timestamp: "keep the time out of the prefix: put it behind the last breakpoint"
        case .uuid: "keep identifiers out of the prefix: put them behind the last breakpoint"
        case .counter: "keep what counts up out of the prefix: put it behind the last breakpoint"
        case .thinkingOrEffort: "keep thinking and effort the same for all requests that are to share a prefix"
        case .toolChoice: "tool_choice decides over messages: keep it the same, or end the shared prefix with system"
        case .image: "an image that comes or goes decides over all messages: end the shared prefix with system"
        case .citations: "citations decide over system and messages: switch them on everywhere or nowhere"
        case .model: "each model has a cache of its own"
        case .markerOnly:
            "a marker alone is not part of the key; keep one within 20 positions behind what is to be read"
        default: nil
        }
    }
}
