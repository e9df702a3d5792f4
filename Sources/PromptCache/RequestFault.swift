public import OrderedJSON

/// What is wrong with a request body, where, and how to mend it.
public struct RequestFault: Error, Hashable, Sendable {
    /// The place as the provider writes it in its own errors, for example `messages.2.content.0`; empty for the whole.
    public let path: String
    /// What is wrong and what to do, as one line without the path.
    public let reason: String

    /// A fault at a path.
    public init(path: String = "", _ reason: String) {
        self.path = path
        self.reason = reason
    }

    /// Broken JSON, with line and column.
    public init(_ fault: JSONFault, in bytes: [UInt8]) {
        let place = fault.lineAndColumn(in: bytes)
        self.init("not valid JSON: \(fault.reason) (line \(place.line), column \(place.column))")
    }
}

extension RequestFault: CustomStringConvertible {
    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
