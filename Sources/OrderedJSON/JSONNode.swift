/// A value at its place in a ``JSONText``.
public struct JSONNode: Sendable {
    let storage: JSONText.Storage
    /// Its place in the text's index; children follow their parent.
    package let index: Int

    private var token: JSONText.Token { storage.tokens[index] }

    /// The text that the value stands in.
    public var text: JSONText { JSONText(storage: storage) }

    /// What the value is.
    public var kind: JSONKind { token.kind }

    /// Where it stands in `text.bytes`, from its first byte to behind its last.
    public var range: Range<Int> {
        let token = token
        return Int(token.start)..<Int(token.end)
    }

    /// Its bytes as they were written.
    public var bytes: ArraySlice<UInt8> { storage.bytes[range] }

    /// Whether its bytes have no white space between tokens and no escape that its character could do without.
    ///
    /// Values that are minified and have the same numbers, spelled alike, and the same order of keys have the same bytes.
    public var isMinified: Bool { token.isMinified }

    /// A string in its minified spelling, with its quotes, for the length of a closure; anything else as it was written.
    public func withMinifiedBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        if kind == .string, !isMinified {
            StringEscapes.literal(of: decodedBytes).withUnsafeBytes(body)
        } else {
            storage.bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
    }

    /// The members of an object in document order; empty for anything else.
    public var members: Members { Members(parent: self) }

    /// The elements of an array in document order; empty for anything else.
    public var elements: Elements { Elements(parent: self) }

    /// The value of the last member with this key, as most parsers would have it; nil where there is none.
    public subscript(key: String) -> JSONNode? {
        guard kind == .object else { return nil }
        var found: Int?
        var at = firstChild
        let end = behind
        while at < end {
            if storage.isString(at: at, key) { found = at + 1 }
            at = Int(storage.tokens[at + 1].next)
        }
        return found.map { JSONNode(storage: storage, index: $0) }
    }

    /// The decoded string; nil for anything that is not a string. A lone surrogate becomes U+FFFD.
    public var string: String? {
        guard kind == .string else { return nil }
        let token = token
        guard token.hasEscapes else {
            return storage.bytes.withUnsafeBytes {
                String(
                    decoding: UnsafeRawBufferPointer(rebasing: $0[Int(token.start) + 1..<Int(token.end) - 1]),
                    as: UTF8.self)
            }
        }
        return String(decoding: StringEscapes.replacingLoneSurrogates(in: decodedBytes), as: UTF8.self)
    }

    /// The decoded bytes of a string, without its quotes; empty for anything that is not a string. Lone surrogates are
    /// kept apart (as WTF-8), so that different texts stay different.
    public var decodedBytes: [UInt8] {
        guard kind == .string else { return [] }
        let inner = range.lowerBound + 1..<range.upperBound - 1
        guard hasEscapes else { return Array(storage.bytes[inner]) }
        return Array(unsafeUninitializedCapacity: inner.count) { out, count in
            count = storage.bytes.withUnsafeBytes {
                StringEscapes.decode($0[inner], into: UnsafeMutableRawBufferPointer(out))
            }
        }
    }

    /// Whether it is a string that, decoded, is this one.
    public func isString(_ text: String) -> Bool { kind == .string && storage.isString(at: index, text) }

    /// Whether it is a string without a character.
    public var isEmptyString: Bool { kind == .string && range.count == 2 }

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

    /// Whether there is no value within it: an object with no members, an array with no elements, or any scalar.
    public var isEmpty: Bool { Int(token.next) == index + 1 }

    var hasEscapes: Bool { token.hasEscapes }
    var firstChild: Int { index + 1 }
    var behind: Int { Int(token.next) }
}

/// A key and its value in an object.
public struct JSONMember: Sendable {
    /// The storage once for both, since passing it on is what costs.
    let storage: JSONText.Storage
    let index: Int

    /// The key, a string node.
    public var key: JSONNode { JSONNode(storage: storage, index: index) }
    /// The value.
    public var value: JSONNode { JSONNode(storage: storage, index: index + 1) }

    /// The decoded key.
    public var name: String { key.string ?? "" }

    /// From the key's opening quote to behind the value.
    public var range: Range<Int> { Int(storage.tokens[index].start)..<Int(storage.tokens[index + 1].end) }

    /// Key and value as ``JSONNode/withMinifiedBytes(_:)`` shows them, where both are minified.
    ///
    /// - Returns: false where they are not; then nothing has been shown.
    public func withMinifiedBytes(_ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void)
        -> Bool
    {
        let (key, value) = (storage.tokens[index], storage.tokens[index + 1])
        guard key.isMinified, value.isMinified else { return false }
        storage.bytes.withUnsafeBytes {
            body(
                UnsafeRawBufferPointer(rebasing: $0[Int(key.start)..<Int(key.end)]),
                UnsafeRawBufferPointer(rebasing: $0[Int(value.start)..<Int(value.end)]))
        }
        return true
    }

    /// Whether the decoded key is this one.
    public func hasKey(_ name: String) -> Bool { storage.isString(at: index, name) }
}

/// The members of an object in document order.
public struct Members: Sequence, Sendable {
    let parent: JSONNode

    public struct Iterator: IteratorProtocol {
        let storage: JSONText.Storage
        var index: Int
        let end: Int

        public mutating func next() -> JSONMember? {
            guard index < end else { return nil }
            defer { index = Int(storage.tokens[index + 1].next) }
            return JSONMember(storage: storage, index: index)
        }
    }

    public func makeIterator() -> Iterator {
        let isObject = parent.kind == .object
        return Iterator(
            storage: parent.storage, index: parent.firstChild, end: isObject ? parent.behind : parent.firstChild)
    }
}

/// The elements of an array in document order.
public struct Elements: Sequence, Sendable {
    let parent: JSONNode

    public struct Iterator: IteratorProtocol {
        let storage: JSONText.Storage
        var index: Int
        let end: Int

        public mutating func next() -> JSONNode? {
            guard index < end else { return nil }
            let node = JSONNode(storage: storage, index: index)
            index = node.behind
            return node
        }
    }

    public func makeIterator() -> Iterator {
        let isArray = parent.kind == .array
        return Iterator(
            storage: parent.storage, index: parent.firstChild, end: isArray ? parent.behind : parent.firstChild)
    }
}
