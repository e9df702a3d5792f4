import OrderedJSON

/// A scope as the control API tells of it.
struct ScopeRow {
    var id: String
    var state: String
    var model: String
    var policy: String
    var breakpoint: String
    /// Of the provider's promise: 300 or 3600 seconds.
    var lifetime: Double
    var lifeLeft: Double
    /// Seconds until something happens; nil for not before something else does.
    var nextIn: Double?
    var nextIsPing: Bool
    var reason: String
    /// Which replica of a fleet has pinged it last.
    var holder: String?
    var spent: String
    var totals: JSONNode?
    var lastPing: JSONNode?

    init(_ node: JSONNode) {
        id = node["id"]?.string ?? ""
        state = node["state"]?.string ?? ""
        model = node["model"]?.string ?? ""
        policy = node["policy"]?.string ?? ""
        breakpoint = node["breakpoint"]?.string ?? ""
        lifetime = node["lifetime"]?.string == "1h" ? 3600 : 300
        lifeLeft = node["life_left_seconds"]?.number ?? 0
        nextIn = node["next"]?["in_seconds"]?.number
        nextIsPing = node["next"]?["is_ping"]?.boolean ?? false
        reason = node["stopped"]?.string ?? node["next"]?["reason"]?.string ?? ""
        holder = node["held_by"]?.string
        totals = node["totals"]
        lastPing = node["last_ping"]?.kind == .null ? nil : node["last_ping"]
        spent = totals?["spent_usd"]?.string ?? "0"
    }

    var color: Terminal.Color {
        switch state {
        case "warm": .green
        case "stopped": .red
        case "paused": .gray
        default: .yellow
        }
    }

    /// What happens next, and when.
    var next: String {
        guard let nextIn else { return reason }
        return "\(nextIsPing ? "ping" : "decides") in \(Clockface.text(nextIn)): \(reason)"
    }
}

extension JSONNode {
    var number: Double? { kind == .number ? Double(String(decoding: bytes, as: UTF8.self)) : nil }
    /// As it came.
    var source: String { String(decoding: bytes, as: UTF8.self) }
}

/// Seconds as people read them: `4:59`, `1:00:00`.
enum Clockface {
    static func text(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.down))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
