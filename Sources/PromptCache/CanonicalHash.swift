import Crypto
import OrderedJSON

/// A running hash over JSON values in a form that only keeps what the cache sees.
///
/// The form is minified JSON: no white space between tokens, and each string spelled in the one way that escapes no more
/// than it must. The spelling of numbers and the order of keys stay. Most clients send it so already; then a block goes
/// into the hash from where it is.
struct CanonicalHash {
    /// Nil for passing keys.
    private var hash: SHA256?
    /// Nil for lasting keys.
    private var fast: PrefixKey.Kind.Hash?
    /// For passing keys: the hash of everything up to the end of the last piece.
    private var last = SIMD2<UInt64>.zero
    /// What is still to be hashed. For passing keys it begins with the last hash, and each block is there by its own.
    private var pending: [UInt8] = []

    /// Hashed from where they are, if the hash takes what comes in any parts.
    private static let large = 256
    private static let most = 512

    init(_ kind: PrefixKey.Kind) {
        switch kind {
        case .lasting: hash = SHA256()
        case .passing(let fast): self.fast = fast
        }
    }

    mutating func append(tag: StaticString) {
        append(UnsafeRawBufferPointer(start: tag.utf8Start, count: tag.utf8CodeUnitCount))
    }

    mutating func append(string: String) { string.jsonLiteral.withUnsafeBytes { append($0) } }

    /// A member, its key and its value one behind the other.
    mutating func append(_ member: JSONMember) {
        let isDone = member.withMinifiedBytes { key, value in
            append(key)
            append(value)
        }
        if isDone { return }
        append(member.key)
        append(member.value)
    }

    /// A block, or a string that stands for a block of text.
    mutating func append(block: JSONNode, isToolResult: Bool, bearsMarker: Bool) {
        let isAsItStands = block.kind == .object && block.isMinified && !bearsMarker
        guard let fast else {
            if isAsItStands { append(block) } else { spell(block, isToolResult: isToolResult) }
            return
        }
        beginPiece()
        if isAsItStands {
            block.withMinifiedBytes { append(fast($0)) }
        } else {
            // In one, as it would stand without its marker.
            let start = pending.count
            spell(block, isToolResult: isToolResult)
            let own = pending[start...].withUnsafeBytes(fast)
            pending.removeSubrange(start...)
            append(own)
        }
    }

    private mutating func spell(_ block: JSONNode, isToolResult: Bool) {
        if block.kind == .object {
            appendObject(block, marked: true, inToolResult: isToolResult)
        } else {
            // A string is documented as short for one text block.
            append(tag: #"{"type":"text","text":"#)
            append(block)
            append(tag: "}")
        }
    }

    mutating func append(_ node: JSONNode) {
        switch node.kind {
        case .object where !node.isMinified: appendObject(node, marked: false, inToolResult: false)
        case .array where !node.isMinified: appendArray(node, marked: false)
        default: node.withMinifiedBytes { append($0) }
        }
    }

    private mutating func appendArray(_ array: JSONNode, marked: Bool) {
        append(tag: "[")
        var isFirst = true
        for element in array.elements {
            if !isFirst { append(tag: ",") }
            isFirst = false
            if marked, element.kind == .object {
                appendObject(element, marked: true, inToolResult: false)
            } else {
                append(element)
            }
        }
        append(tag: "]")
    }

    /// Leaves `cache_control` out where it is a marker, and nowhere else: tool schemas and tool inputs may use the name.
    private mutating func appendObject(_ object: JSONNode, marked: Bool, inToolResult: Bool) {
        append(tag: "{")
        var isFirst = true
        for member in object.members {
            if marked, member.hasKey("cache_control") { continue }
            if !isFirst { append(tag: ",") }
            isFirst = false
            append(member.key)
            append(tag: ":")
            if inToolResult, member.value.kind == .array, member.hasKey("content") {
                appendArray(member.value, marked: true)
            } else {
                append(member.value)
            }
        }
        append(tag: "}")
    }

    private mutating func append(_ part: UnsafeRawBufferPointer) {
        if part.count >= Self.large, fast == nil {
            endPiece()
            hash?.update(bufferPointer: part)
        } else {
            beginPiece()
            pending.append(contentsOf: part)
            if pending.count >= Self.most, fast == nil { endPiece() }
        }
    }

    private mutating func append(_ hash: SIMD2<UInt64>) {
        withUnsafeBytes(of: hash) { pending.append(contentsOf: $0) }
    }

    private mutating func beginPiece() {
        guard pending.isEmpty else { return }
        pending.reserveCapacity(Self.most + Self.large)
        if fast != nil { append(last) }
    }

    /// Hashes what is pending. For passing keys it counts where that is.
    mutating func endPiece() {
        if pending.isEmpty { return }
        pending.withUnsafeBytes { piece in
            if let fast { last = fast(piece) } else { hash?.update(bufferPointer: piece) }
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// As it stands at the end of a piece, to be kept: it takes no more room than it must.
    var settled: CanonicalHash {
        var kept = self
        kept.pending = []
        return kept
    }

    /// The key of everything up to the end of a piece; the hash can go on.
    var key: PrefixKey {
        if let hash { PrefixKey(hash.finalize()) } else { PrefixKey(passing: last) }
    }
}
