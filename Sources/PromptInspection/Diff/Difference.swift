/// A place where two requests differ.
public struct Difference: Hashable, Sendable {
    /// Where in a request.
    public enum Part: String, Hashable, Sendable {
        /// Top-level members that are no part of the prompt.
        case settings
        case tools, system, messages
    }

    public var part: Part
    /// The JSON path as the provider writes it, for example `system.1.text`; the longer where only one has it.
    public var path: String
    /// The first byte that differs, in the body of each; the end of what contains it where one has nothing there.
    public var offsetA: Int
    public var offsetB: Int
    public var kind: DifferenceKind
    /// Whether the cache sees it: a prefix of one is not a prefix of the other because of it.
    public var counts: Bool
}
