/// Why time cannot be taken from an emulator.
public struct ClockError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, with what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
