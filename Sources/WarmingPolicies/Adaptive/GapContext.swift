/// What else is known of a gap when it begins, so that it is compared with its like first.
struct GapContext: Hashable, Sendable {
    /// A scope's first gap, or how long it has been in use (up to 5 min, 1 h, 4 h, 1 day, more) × how long its last gap
    /// was (up to 30 s, 5 min, 1 h, more).
    var situation: Int
    /// What the last response left to be awaited.
    var awaits: Awaits

    static let situations = 21
    /// Rows of counts: all gaps, each situation, and the two kinds of awaiting that are known.
    static let rows = 1 + situations + 2

    /// The rows besides the one of all gaps that a gap of this kind counts in.
    var row: Int { 1 + situation }
    var awaitsRow: Int? {
        switch awaits {
        case .tool: 1 + Self.situations
        case .human: 2 + Self.situations
        case .unknown: nil
        }
    }

    static let first = GapContext(situation: 0, awaits: .unknown)

    /// - Parameters:
    ///   - use: seconds from the scope's first arrival to its last.
    ///   - gap: the seconds between its last two arrivals.
    static func later(use: Double, gap: Double, awaits: Awaits) -> GapContext {
        let used = [300.0, 3600, 14400, 86400].count { $0 <= use }
        let paused = [30.0, 300, 3600].count { $0 < gap }
        return GapContext(situation: 1 + used * 4 + paused, awaits: awaits)
    }
}

/// What a conversation waits for after a response, where the host knows.
public enum Awaits: String, Hashable, Sendable, Codable, CaseIterable {
    /// The result of a tool: the next request is likely to come at once.
    case tool
    /// A person.
    case human
    /// Not known.
    case unknown
}
