import Glibc

/// A JSON text as its bytes, checked once, with an index of where each value begins and ends.
///
/// Nothing is decoded and nothing is copied: a ``JSONNode`` is a place in these bytes. Order, spelling and white space
/// stay as they came, so that a text can be edited by ``splicing(_:)`` and every other byte is the same afterwards.
public struct JSONText: Sendable {
    let storage: Storage

    /// The text as it was given.
    public var bytes: [UInt8] { storage.bytes }

    /// How deep values may nest unless told otherwise; tool schemas seldom pass 20.
    public static let defaultMaximumDepth = 256

    /// Checks the bytes and indexes them.
    ///
    /// Strict: RFC 8259 with valid UTF-8 and one value, nothing behind it but white space. Duplicate keys are allowed
    /// here and kept; who reads a member decides what they mean.
    ///
    /// - Parameters:
    ///   - bytes: the text; less than 4 GiB.
    ///   - maximumDepth: how many arrays and objects may be open at once.
    /// - Throws: the first fault.
    public init(_ bytes: [UInt8], maximumDepth: Int = Self.defaultMaximumDepth) throws(JSONFault) {
        storage = Storage(bytes: bytes, tokens: try JSONScanner.scan(bytes, maximumDepth: maximumDepth))
    }

    /// Checks and indexes bytes of which the first are those of an earlier text, where they need not be looked at again.
    ///
    /// - Parameters:
    ///   - earlier: the text before.
    ///   - shared: how many bytes both begin with; see ``sharedBytes(with:)``.
    package init(_ bytes: [UInt8], after earlier: JSONText, sharing shared: Int) throws(JSONFault) {
        let known = (earlier.storage.tokens, shared)
        storage = Storage(
            bytes: bytes, tokens: try JSONScanner.scan(bytes, maximumDepth: Self.defaultMaximumDepth, after: known))
    }

    /// How many bytes another text begins with that this one begins with too.
    package func sharedBytes(with other: [UInt8]) -> Int {
        storage.bytes.withUnsafeBytes { mine in
            other.withUnsafeBytes { other in
                let length = min(mine.count, other.count)
                var same = 0
                while same < length {
                    let step = min(Self.comparedAtOnce, length - same)
                    if memcmp(mine.baseAddress! + same, other.baseAddress! + same, step) != 0 { break }
                    same += step
                }
                while same < length, mine[same] == other[same] { same += 1 }
                return same
            }
        }
    }

    private static let comparedAtOnce = 1 << 10

    init(storage: Storage) { self.storage = storage }

    /// The one value of the text.
    public var root: JSONNode { JSONNode(storage: storage, index: 0) }
}

extension JSONText {
    /// Text and index behind one reference, so that a node is cheap to pass on.
    final class Storage: Sendable {
        let bytes: [UInt8]
        let tokens: [Token]

        init(bytes: [UInt8], tokens: [Token]) {
            self.bytes = bytes
            self.tokens = tokens
        }

        /// Whether the string at an index, decoded, has these bytes.
        func isString(at index: Int, _ name: String) -> Bool {
            var name = name
            return name.withUTF8 { isString(at: index, $0) }
        }

        func isString(at index: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
            let token = tokens[index]
            let written = Int(token.end) - Int(token.start) - 2
            if token.hasEscapes {
                // No escape makes a string longer, and most names are told apart by their length.
                return written >= name.count
                    && JSONNode(storage: self, index: index).decodedBytes.elementsEqual(name)
            }
            if written != name.count { return false }
            return bytes.withUnsafeBytes { bytes in
                name.isEmpty || memcmp(bytes.baseAddress! + Int(token.start) + 1, name.baseAddress!, name.count) == 0
            }
        }
    }

    /// One value or key of the text, in document order. Children follow their parent.
    struct Token: Sendable, Equatable {
        var start: UInt32
        var end: UInt32
        /// The index of the first token behind this one and all that is in it.
        var next: UInt32
        var kind: JSONKind
        var hasEscapes: Bool
        /// Whether no byte of it could be spelled otherwise; see ``JSONNode/isMinified``.
        var isMinified: Bool
    }
}

/// For those who look at very many values: places as numbers, which cost less to pass on than nodes.
extension JSONText {
    /// The value at a place.
    package func node(at index: Int) -> JSONNode { JSONNode(storage: storage, index: index) }

    /// The member whose key stands at a place.
    package func member(at index: Int) -> JSONMember { JSONMember(storage: storage, index: index) }

    /// How many places there are: one for each value and each key.
    package var placeCount: Int { storage.tokens.count }

    package func kind(at index: Int) -> JSONKind { storage.tokens[index].kind }

    package func range(at index: Int) -> Range<Int> {
        Int(storage.tokens[index].start)..<Int(storage.tokens[index].end)
    }

    /// The place behind a value and all that is in it: of the next in its array, or of the next key in its object.
    package func place(behind index: Int) -> Int { Int(storage.tokens[index].next) }

    /// Whether the string or key at a place, decoded, is this one.
    package func isString(at index: Int, _ name: StaticString) -> Bool {
        storage.isString(at: index, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }
}

/// What a JSON value is.
public enum JSONKind: UInt8, Sendable {
    case object, array, string, number, `true`, `false`, null

    var isContainer: Bool { self == .object || self == .array }
}
