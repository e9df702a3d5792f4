import WarmingPolicies

/// Which scopes' histories are still to be read from the store, and which to be written to it. The warmer's own.
struct HistoryQueue {
    /// How long what has happened may wait to be written, and be lost if the process is killed.
    static let delay = Duration.seconds(60)

    private var unread: [EntryCell] = []
    private var unwritten: [EntryCell] = []
    /// When to write what has happened; nil while nothing has.
    private(set) var writesAt: Moment?

    /// A scope was added.
    mutating func added(_ cell: EntryCell) {
        guard cell.entry.terms.keepsHistory, !cell.isRecalled else { return }
        cell.isRecalled = true
        unread.append(cell)
    }

    /// Something has happened to a scope that should not be forgotten: for what all have in common at least.
    mutating func changed(_ cell: EntryCell, at now: Moment) {
        writesAt = writesAt ?? now + Self.delay
        guard cell.entry.terms.keepsHistory, !cell.isUnwritten else { return }
        cell.isUnwritten = true
        unwritten.append(cell)
    }

    mutating func takeUnread() -> [EntryCell] {
        defer { unread = [] }
        return unread
    }

    /// - Returns: nil if nothing has happened.
    mutating func takeUnwritten() -> [EntryCell]? {
        if writesAt == nil { return nil }
        defer { (unwritten, writesAt) = ([], nil) }
        for cell in unwritten { cell.isUnwritten = false }
        return unwritten.filter { !$0.isGone }
    }
}
