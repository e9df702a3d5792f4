/// What is wrong with a file of traffic, where, and what to do.
public struct TrafficFault: Error, Hashable, Sendable {
    /// The file or folder as it was named.
    public var file: String
    /// The line, from 1; nil for the whole.
    public var line: Int?
    /// What is wrong and what to do, in one line.
    public var reason: String

    public init(_ file: String, line: Int? = nil, _ reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }
}

extension TrafficFault: CustomStringConvertible {
    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}
