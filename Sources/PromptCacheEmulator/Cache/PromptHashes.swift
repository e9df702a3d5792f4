import Crypto
import OrderedJSON

/// A hash of everything up to each block of a prompt: equal hashes are one cache entry.
///
/// What a setting invalidates is said by where it is folded in:
///
/// | before the tools | before the system prompt | before the messages |
/// |---|---|---|
/// | model, format of the output, beta headers, region | speed, citations | tool choice, thinking, effort, images |
struct PromptHashes {
    /// One for each block.
    let ofBlocks: [[UInt8]]

    init(_ request: EmulatedRequest, betas: Set<String>) {
        let root = request.root
        var hasher = SHA256()
        func fold(_ label: String, _ value: JSONNode?) {
            hasher.update(data: Array(label.utf8) + [0])
            if let value { Self.fold(value, into: &hasher) }
        }
        hasher.update(data: Array(request.model.utf8) + [0])
        for beta in betas.sorted() { hasher.update(data: Array(beta.utf8) + [0]) }
        fold("format", root["output_config"]?["format"])
        fold("geo", root["inference_geo"])
        var part = EmulatedBlock.Part.tools
        var message: Int?
        ofBlocks = request.blocks.map { block in
            if part < .system, block.part > .tools {
                fold("speed", root["speed"])
                fold(request.hasCitations ? "citations" : "plain", nil)
                part = .system
            }
            if part < .messages, block.part == .messages {
                fold("choice", root["tool_choice"])
                fold("thinking", root["thinking"])
                fold("effort", root["output_config"]?["effort"])
                fold(request.hasImages ? "images" : "none", nil)
                part = .messages
            }
            if block.message != message {
                message = block.message
                hasher.update(data: Array("message \(block.role ?? "")".utf8) + [0])
            }
            hasher.update(data: Array("block".utf8))
            if block.node.kind == .string {
                hasher.update(data: Array("text".utf8) + [0] + block.node.decodedBytes + [0])
            } else if block.type == "text", block.node["citations"] == nil {
                // A string is short for this.
                hasher.update(data: Array("text".utf8) + [0] + (block.node["text"]?.decodedBytes ?? []) + [0])
            } else {
                Self.fold(block.node, into: &hasher, isBlock: true)
            }
            return Array(hasher.finalize())
        }
    }

    /// Folds a value in: decoded strings, the order of keys as it stands, and no markers.
    private static func fold(_ node: JSONNode, into hasher: inout SHA256, isBlock: Bool = false) {
        switch node.kind {
        case .object:
            hasher.update(data: Array("{".utf8))
            for member in node.members where !(isBlock && member.name == "cache_control") {
                let name = member.name
                hasher.update(data: Array(name.utf8) + [0])
                if isBlock, name == "content", member.value.kind == .array {
                    for inner in member.value.elements { fold(inner, into: &hasher, isBlock: true) }
                } else {
                    fold(member.value, into: &hasher)
                }
            }
            hasher.update(data: Array("}".utf8))
        case .array:
            hasher.update(data: Array("[".utf8))
            for element in node.elements { fold(element, into: &hasher) }
            hasher.update(data: Array("]".utf8))
        case .string:
            hasher.update(data: Array("\"".utf8) + node.decodedBytes + [0])
        default:
            hasher.update(data: Array(node.bytes) + [0])
        }
    }
}

extension EmulatedRequest {
    fileprivate var hasImages: Bool { leaves.contains { $0["type"]?.string == "image" } }
    fileprivate var hasCitations: Bool { leaves.contains { $0["citations"]?["enabled"]?.boolean == true } }

    private var leaves: [JSONNode] {
        blocks.flatMap { block in
            let content = block.type == "tool_result" ? block.node["content"] : nil
            return [block.node] + (content.map { Array($0.elements) } ?? [])
        }
    }
}
