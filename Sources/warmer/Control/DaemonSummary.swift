import CachePrices
import OrderedJSON

/// The first line of `status` and `top`: how the daemon is as a whole.
struct DaemonSummary {
    let daemon: JSONNode
    let budget: JSONNode
    let fleet: JSONNode

    init(_ client: ControlClient) async throws {
        daemon = try await client.get("/v1/daemon")
        budget = try await client.get("/v1/budget")
        fleet = try await client.get("/v1/fleet")
    }

    var line: String {
        let isOn = daemon["warming"]?["on"]?.boolean ?? true
        let scopes = daemon["scopes"]
        let counts = ["warm", "cold", "paused", "stopped"].compactMap { state -> String? in
            guard let count = scopes?[state]?.integer, count > 0 else { return nil }
            return "\(count) \(state)"
        }
        let due = scopes?["due"]?.integer ?? 0
        let parts = [
            isOn ? Terminal.paint("warming", .green) : Terminal.paint("warming is off", .red),
            counts.isEmpty ? "no scopes" : counts.joined(separator: ", "), due > 0 ? "\(due) due" : nil,
            "spent today \(money("spent_today_usd")) of \(money("per_day_usd"))",
        ]
        return parts.compactMap(\.self).joined(separator: " · ")
    }

    /// The replicas, a line each; none where there is no fleet.
    var replicas: [ReplicaRow] { (fleet["replicas"]?.elements).map { $0.map(ReplicaRow.init) } ?? [] }

    /// What somebody should know besides, a line each.
    var warnings: [String] {
        let off = daemon["warming"]?["off_reason"]?.string.map {
            "warming is switched off: \($0); `warmer on` ends that"
        }
        let file = daemon["configuration"]?["file"]?.string ?? "the configuration"
        let faults = daemon["configuration"]?["faults"]?.elements.compactMap(\.string) ?? []
        let refused = faults.map { "\(file) was not taken over: \($0)" }
        let lost = (fleet["fault"]?.string).map { ["the store of the fleet cannot be asked: \($0)"] } ?? []
        return (off.map { [$0] } ?? []) + refused + lost
    }

    private func money(_ key: String) -> String {
        (budget[key]?.string).flatMap { try? USD($0) }?.short ?? "?"
    }
}
