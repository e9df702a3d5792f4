/// Why the daemon has stopped by itself.
public struct DaemonError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, with what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
