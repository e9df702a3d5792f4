import CachePrices

/// One picture of `warmer top`.
struct TopFrame {
    var summary: DaemonSummary
    var rows: [ScopeRow]
    var found: Int
    var width: Int
    /// How many lines there are; nil for as many as it takes.
    var height: Int?

    private static let barWidth = 20

    /// No line is wider than the terminal.
    var lines: [String] {
        let warnings = summary.warnings.map { Terminal.paint(clipped($0, to: width), .yellow) }
        let replicas = fleet(room: height.map { max(0, $0 / 3) } ?? .max)
        let head = [summary.line] + warnings + replicas + [""]
        let room = height.map { max(0, $0 - head.count - 2) } ?? rows.count
        let shown = rows.prefix(room)
        let name = min(max(shown.map(\.id.count).max() ?? 5, 5), max(8, width / 4))
        let more = found - shown.count
        return head + shown.map { line($0, name: name) } + (more > 0 ? ["and \(more) more"] : [])
    }

    /// The replicas, and how many more there are than there is room for.
    private func fleet(room: Int) -> [String] {
        let replicas = summary.replicas
        guard !replicas.isEmpty else { return [] }
        let lines = ReplicaRow.table(Array(replicas.prefix(room)), width: width)
        let more = replicas.count - room
        return [""] + lines + (more > 0 ? ["and \(more) more replicas"] : [])
    }

    private func line(_ row: ScopeRow, name: Int) -> String {
        let left = row.lifeLeft > 0 ? Clockface.text(row.lifeLeft) : "cold"
        let state = ["warm", "cold"].contains(row.state) ? left : row.state
        let next = (row.holder.map { "held by \($0), " } ?? "") + row.next
        let taken = name + Self.barWidth + 14
        return clipped(row.id, to: name).padded(name) + "  " + Terminal.paint(bar(row), row.color) + "  "
            + Terminal.paint(state.padded(8), row.color) + "  " + clipped(next, to: max(0, width - taken))
    }

    /// What is left of the lifetime, in eighths of a character.
    private func bar(_ row: ScopeRow) -> String {
        let share = min(max(row.lifeLeft / row.lifetime, 0), 1)
        let eighths = Int((share * Double(Self.barWidth * 8)).rounded(.up))
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let full = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
        return full + String(repeating: "·", count: Self.barWidth - full.count)
    }

    private func clipped(_ text: String, to width: Int) -> String {
        text.count <= width ? text : width < 1 ? "" : text.prefix(width - 1) + "…"
    }
}
