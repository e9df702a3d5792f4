import OrderedJSON

/// How the emulator counts tokens: a rule of its own that anybody can redo by hand.
///
/// ```
/// text           4 + ⌈bytes of the decoded text / 4⌉
/// image          1,600
/// document       3,000 by URL, file or base64; 4 + ⌈bytes / 4⌉ of its text otherwise
/// anything else  4 + ⌈bytes of the block as it stands, without its marker / 4⌉
/// message        3 on top of its first block
/// ```
///
/// Real tokenisers differ; scripts size prompts with `count_tokens`, which goes by the same rule.
enum TokenRule {
    static let ofMessage = 3
    private static let ofBlock = 4
    private static let ofImage = 1600
    private static let ofDocument = 3000

    static func tokens(of node: JSONNode, type: String) -> Int {
        switch type {
        case "text":
            let text = node.kind == .string ? node : node["text"] ?? node
            return ofBlock + quarter(text.decodedBytes.count)
        case "image": return ofImage
        case "document":
            if let text = node["source"]?["data"], node["source"]?["type"]?.string == "text" {
                return ofBlock + quarter(text.decodedBytes.count)
            }
            return ofDocument
        case "tool_result":
            guard let content = node["content"], content.kind == .array else { return plain(node) }
            return ofBlock
                + content.elements.reduce(0) { $0 + tokens(of: $1, type: $1["type"]?.string ?? "") }
        default: return plain(node)
        }
    }

    private static func plain(_ node: JSONNode) -> Int {
        let marker = node.members.first { $0.hasKey("cache_control") }?.range.count ?? 0
        return ofBlock + quarter(max(0, node.bytes.count - marker))
    }

    private static func quarter(_ bytes: Int) -> Int { (bytes + 3) / 4 }
}
