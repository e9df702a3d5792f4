/// A value at its place in a ``JSONText``.
public struct JSONNode: Sendable {
    /// The text that the value stands in.
    public let text: JSONText
    let index: Int

    private var token: JSONText.Token { text.tokens[index] }

    /// What the value is.
    public var kind: JSONKind { token.kind }

    /// Where it stands in `text.bytes`, from its first byte to behind its last.
    public var range: Range<Int> { Int(token.start)..<Int(token.end) }

    /// Its bytes as they were written.
    public var bytes: ArraySlice<UInt8> { text.bytes[range] }

    /// The members of an object in document order; empty for anything else.
    public var members: Members { Members(parent: self) }

    /// The elements of an array in document order; empty for anything else.
    public var elements: Elements { Elements(parent: self) }

    /// The value of the last member with this key, as most parsers would have it; nil where there is none.
    public subscript(key: String) -> JSONNode? {
        var found: JSONNode?
        for member in members where member.hasKey(key) { found = member.value }
        return found
    }

    /// The decoded string; nil for anything that is not a string. A lone surrogate becomes U+FFFD.
    public var string: String? {
        guard kind == .string else { return nil }
        guard token.hasEscapes else { return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self) }
        return String(decoding: StringEscapes.replacingLoneSurrogates(in: decodedBytes), as: UTF8.self)
    }

    /// The decoded bytes of a string, without its quotes; empty for anything that is not a string.
    public var decodedBytes: [UInt8] {
        guard kind == .string else { return [] }
        var out: [UInt8] = []
        appendDecoded(to: &out)
        return out
    }

    /// Appends the decoded bytes of a string. Lone surrogates are kept apart (as WTF-8), so that different texts stay
    /// different.
    public func appendDecoded(to out: inout [UInt8]) {
        let inner = range.lowerBound + 1..<range.upperBound - 1
        if token.hasEscapes {
            StringEscapes.decode(text.bytes[inner], into: &out)
        } else {
            out.append(contentsOf: text.bytes[inner])
        }
    }

    /// The number if it is spelled as an integer that fits.
    public var integer: Int? {
        guard kind == .number else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self))
    }

    /// The truth value; nil for anything else.
    public var boolean: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// Whether it is an object with no members or an array with no elements.
    public var isEmpty: Bool { Int(token.next) == index + 1 }

    var hasEscapes: Bool { token.hasEscapes }
    var firstChild: Int { index + 1 }
    var behind: Int { Int(token.next) }
}

/// A key and its value in an object.
public struct JSONMember: Sendable {
    /// The key, a string node.
    public let key: JSONNode
    /// The value.
    public let value: JSONNode

    /// The decoded key.
    public var name: String { key.string ?? "" }

    /// From the key's opening quote to behind the value.
    public var range: Range<Int> { key.range.lowerBound..<value.range.upperBound }

    /// Whether the decoded key is this one.
    public func hasKey(_ name: String) -> Bool {
        if key.hasEscapes { return key.decodedBytes.elementsEqual(name.utf8) }
        return key.bytes.dropFirst().dropLast().elementsEqual(name.utf8)
    }
}

/// The members of an object in document order.
public struct Members: Sequence, Sendable {
    let parent: JSONNode

    public struct Iterator: IteratorProtocol {
        let text: JSONText
        var index: Int
        let end: Int

        public mutating func next() -> JSONMember? {
            guard index < end else { return nil }
            let key = JSONNode(text: text, index: index)
            let value = JSONNode(text: text, index: index + 1)
            index = value.behind
            return JSONMember(key: key, value: value)
        }
    }

    public func makeIterator() -> Iterator {
        let isObject = parent.kind == .object
        return Iterator(text: parent.text, index: parent.firstChild, end: isObject ? parent.behind : parent.firstChild)
    }
}

/// The elements of an array in document order.
public struct Elements: Sequence, Sendable {
    let parent: JSONNode

    public struct Iterator: IteratorProtocol {
        let text: JSONText
        var index: Int
        let end: Int

        public mutating func next() -> JSONNode? {
            guard index < end else { return nil }
            let node = JSONNode(text: text, index: index)
            index = node.behind
            return node
        }
    }

    public func makeIterator() -> Iterator {
        let isArray = parent.kind == .array
        return Iterator(text: parent.text, index: parent.firstChild, end: isArray ? parent.behind : parent.firstChild)
    }
}
