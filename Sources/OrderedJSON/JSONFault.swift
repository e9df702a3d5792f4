/// Where and why bytes are not JSON (RFC 8259).
public struct JSONFault: Error, Hashable, Sendable {
    /// The offset of the first byte that cannot stand where it stands, or of a character that is not valid UTF-8; the
    /// length of the text if it ends too early.
    public let offset: Int
    /// What was expected or found, as a phrase without the place.
    public let reason: String

    /// A fault at an offset in bytes.
    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    /// The place as a person counts it: both from 1, the column in bytes.
    public func lineAndColumn(in bytes: [UInt8]) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return (line, before.count - lineStart + 1)
    }
}

extension JSONFault: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset)" }
}
