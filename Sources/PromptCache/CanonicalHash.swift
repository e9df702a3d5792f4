import Crypto
import OrderedJSON

/// A running SHA-256 over JSON values in a form that only keeps what the cache sees.
///
/// White space between tokens is gone and strings are decoded; the spelling of numbers and the order of keys stay. A
/// string ends with 0xFF, which no UTF-8 holds, and all else begins with a letter or bracket of its own, so that no two
/// values share a form.
struct CanonicalHash {
    private var hash = SHA256()
    /// Collects small pieces: the hash is fed in large ones.
    private var pending: [UInt8] = []

    private static let flushAt = 1 << 15
    private static let endOfString: UInt8 = 0xFF

    init() { pending.reserveCapacity(Self.flushAt + 4096) }

    mutating func append(tag: StaticString) {
        pending.append(contentsOf: UnsafeBufferPointer(start: tag.utf8Start, count: tag.utf8CodeUnitCount))
    }

    mutating func append(string: String) {
        pending.append(contentsOf: string.utf8)
        pending.append(Self.endOfString)
    }

    /// A block, or a string that stands for a block of text.
    mutating func append(block: PromptBlock) {
        guard block.node.kind == .object else {
            // Spelled out: a string is documented as short for one text block.
            append(tag: "{k")
            append(string: "type")
            append(tag: "s")
            append(string: "text")
            append(tag: "k")
            append(string: "text")
            append(block.node)
            append(tag: "}")
            return
        }
        appendObject(block.node, marked: true, inToolResult: block.type == "tool_result")
    }

    mutating func append(_ node: JSONNode) {
        switch node.kind {
        case .object:
            appendObject(node, marked: false, inToolResult: false)
        case .array:
            append(tag: "[")
            for element in node.elements { append(element) }
            append(tag: "]")
        case .string:
            append(tag: "s")
            appendString(node)
        case .number:
            append(tag: "n")
            pending.append(contentsOf: node.bytes)
            pending.append(Self.endOfString)
        case .true: append(tag: "t")
        case .false: append(tag: "f")
        case .null: append(tag: "z")
        }
    }

    /// Leaves `cache_control` out where it is a marker, and nowhere else: tool schemas and tool inputs may use the name.
    private mutating func appendObject(_ node: JSONNode, marked: Bool, inToolResult: Bool) {
        append(tag: "{")
        for member in node.members {
            if marked, member.hasKey("cache_control") { continue }
            append(key: member.key)
            if inToolResult, member.hasKey("content"), member.value.kind == .array {
                append(tag: "[")
                for element in member.value.elements {
                    if element.kind == .object {
                        appendObject(element, marked: true, inToolResult: false)
                    } else {
                        append(element)
                    }
                }
                append(tag: "]")
            } else {
                append(member.value)
            }
        }
        append(tag: "}")
    }

    /// The key of a member; its tag keeps it apart from the end of the object.
    mutating func append(key: JSONNode) {
        append(tag: "k")
        appendString(key)
    }

    private mutating func appendString(_ node: JSONNode) {
        node.appendDecoded(to: &pending)
        pending.append(Self.endOfString)
        if pending.count >= Self.flushAt { flush() }
    }

    private mutating func flush() {
        pending.withUnsafeBytes { hash.update(bufferPointer: $0) }

        pending.removeAll(keepingCapacity: true)
    }

    /// The key of everything so far; the hash can go on.
    mutating func key() -> PrefixKey {
        flush()
        return PrefixKey(hash.finalize())
    }
}
