/// What is wrong with hours or times of the week, and what to write instead.
public struct WeekTextError: Error, Hashable, Sendable {
    /// The text as it was given.
    public let text: String
    /// What is wrong with it and what to do, as a phrase that follows the text.
    public let message: String

    init(_ text: String, _ message: String) {
        self.text = text
        self.message = message
    }
}

extension WeekTextError: CustomStringConvertible {
    public var description: String { "'\(text)' \(message)" }
}
