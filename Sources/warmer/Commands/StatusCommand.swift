import ArgumentParser
import CachePrices
import Foundation
import OrderedJSON

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "What a running daemon keeps warm, and what each scope does next.",
        discussion: """
            Example:

              warmer status
              warmer status --state stopped --json

            The scopes that act soonest come first. `warmer explain SCOPE` says more of one.
            """)

    @Argument(help: "Only scopes whose name contains this.") var scope: String?
    @OptionGroup var control: ControlOptions
    @Option(help: "Only scopes in this state: warm, cold, paused or stopped.") var state: String?
    @Option(help: "How many scopes to list.") var limit = 50
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let client = try control.client()
        var query = "limit=\(limit)"
        if let state { query += "&state=\(escaped(state))" }
        if let scope { query += "&search=\(escaped(scope))" }
        let listing = try await client.get("/v1/scopes?\(query)")
        let summary = try await DaemonSummary(client)
        let scopes = listing["scopes"]
        if json {
            Terminal.print(
                #"{"daemon":\#(summary.daemon.source),"budget":\#(summary.budget.source),"fleet":\#(summary.fleet.source),"scopes":\#(scopes?.source ?? "[]")}"#
            )
            return
        }
        Terminal.print(summary.line)
        for warning in summary.warnings { Terminal.print(Terminal.paint(warning, .yellow)) }
        Terminal.print("")
        if !summary.replicas.isEmpty {
            for line in ReplicaRow.table(summary.replicas) { Terminal.print(line) }
            Terminal.print("")
        }
        let rows = (scopes?.elements).map { $0.map(ScopeRow.init) } ?? []
        for line in Self.table(rows) { Terminal.print(line) }
        let found = listing["found"]?.integer ?? rows.count
        if found > rows.count { Terminal.print("and \(found - rows.count) more; --limit shows them") }
    }

    private static func table(_ rows: [ScopeRow]) -> [String] {
        let name = rows.map(\.id.count).max().map { min(max($0, 5), 40) } ?? 5
        let policy = rows.map(\.policy.count).max().map { max($0, 6) } ?? 6
        let holder = rows.compactMap(\.holder?.count).max().map { max($0, 7) }
        let header =
            "scope".padded(name) + "  state    left     " + "policy".padded(policy) + "  spent      "
            + (holder.map { "held by".padded($0) + "  " } ?? "") + "next"
        return [Terminal.paint(header, .gray)]
            + rows.map { row in
                let left = row.lifeLeft > 0 ? Clockface.text(row.lifeLeft) : "–"
                let spent = (try? USD(row.spent))?.short ?? row.spent
                return row.id.padded(name) + "  " + Terminal.paint(row.state.padded(7), row.color) + "  "
                    + left.padded(7) + "  " + row.policy.padded(policy) + "  " + spent.padded(9) + "  "
                    + (holder.map { (row.holder ?? "–").padded($0) + "  " } ?? "") + row.next
            }
    }

    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}
