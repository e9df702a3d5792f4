import OrderedJSON

/// A replica of a fleet as the control API tells of it.
struct ReplicaRow {
    var name: String
    var isThis: Bool
    var isSilent: Bool
    /// Seconds.
    var heard: Double
    var skew: Double
    var lag: Double
    var scopes: Int
    var holds: Int
    var late: Int

    init(_ node: JSONNode) {
        name = node["name"]?.string ?? ""
        isThis = node["is_this"]?.boolean ?? false
        isSilent = node["is_silent"]?.boolean ?? false
        heard = node["heard_seconds_ago"]?.number ?? 0
        skew = node["clock_skew_seconds"]?.number ?? 0
        lag = node["lag_seconds"]?.number ?? 0
        scopes = node["scopes"]?.integer ?? 0
        holds = node["holds"]?.integer ?? 0
        late = node["late_pings"]?.integer ?? 0
    }

    /// One line for each, below a header; no line is wider than the terminal.
    static func table(_ rows: [ReplicaRow], width: Int = 120) -> [String] {
        let most = max(8, width - 60)
        let name = min(most, rows.map(\.label.count).max().map { max($0, 7) } ?? 7)
        let header = "replica".padded(name) + "  holds            heard      clock      told late by  late pings"
        return [Terminal.paint(String(header.prefix(width)), .gray)]
            + rows.map { row in
                let clock = (row.skew < 0 ? "" : "+") + tenths(row.skew)
                let cells = [
                    String(row.label.prefix(name)).padded(name), "\(row.holds) of \(row.scopes)".padded(15),
                    "\(Clockface.text(row.heard)) ago".padded(9), clock.padded(9), tenths(row.lag).padded(12),
                    "\(row.late)",
                ]
                let color: Terminal.Color = row.isSilent ? .red : row.isThis ? .green : .blue
                return Terminal.paint(String(cells.joined(separator: "  ").prefix(width)), color)
            }
    }

    private var label: String { name + (isThis ? " (this one)" : isSilent ? " (silent)" : "") }

    private static func tenths(_ seconds: Double) -> String {
        let tenths = Int((abs(seconds) * 10).rounded())
        return "\(seconds < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10) s"
    }
}
