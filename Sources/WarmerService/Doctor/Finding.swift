/// What an examination has found out about one thing.
public struct Finding: Hashable, Sendable {
    public enum Level: String, Hashable, Sendable {
        case good, warning, bad
    }

    /// What was looked at, in a word or two.
    public var subject: String
    public var level: Level
    /// How it is, and what to mend where it is not good.
    public var text: String

    init(_ subject: String, _ level: Level, _ text: String) {
        self.subject = subject
        self.level = level
        self.text = text
    }
}
