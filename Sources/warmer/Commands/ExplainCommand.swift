import ArgumentParser
import CachePrices
import OrderedJSON

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract:
            "Why a scope does what it does: its state, its next action, its last pings and requests, what it has cost.",
        discussion: """
            Example:

              warmer explain support
              warmer explain c1        # a conversation of the proxy's, as its log calls it
            """)

    @Argument(help: "The scope's name.") var scope: String
    @OptionGroup var control: ControlOptions
    @Option(help: "How many past pings to show.") var history = 10
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let client = try control.client()
        let requests = try await client.get(
            "/v1/traffic?scope=\(ControlClient.escaped(scope))&limit=\(history)")["requests"]
        let traffic = requests.map { Array($0.elements) } ?? []
        var scopes: JSONNode?
        var ticks: JSONNode?
        do {
            scopes = try await client.get(ControlClient.scope(scope))["scopes"]
            ticks = try await client.get(ControlClient.scope(scope, "/ticks?limit=\(history)"))["ticks"]
        } catch  where !traffic.isEmpty {
            // A conversation that went through the proxy and is not kept warm.
        }
        if json {
            Terminal.print(
                #"{"scopes":\#(scopes?.source ?? "[]"),"ticks":\#(ticks?.source ?? "[]"),"requests":\#(requests?.source ?? "[]")}"#
            )
            return
        }
        for node in scopes.map({ Array($0.elements) }) ?? [] { explain(ScopeRow(node)) }
        if scopes == nil { Terminal.print("\(scope): not kept warm") }
        let past = ticks.map { Array($0.elements) } ?? []
        if scopes != nil {
            Terminal.print("")
            Terminal.print(past.isEmpty ? "no pings yet since the daemon started" : "last pings")
            for tick in past { Terminal.print("  " + line(tick)) }
        }
        guard !traffic.isEmpty else { return }
        Terminal.print("")
        Terminal.print("last requests")
        for request in traffic { for line in lines(of: request) { Terminal.print("  " + line) } }
    }

    /// A request that went through the proxy, and what to do about a change in it.
    private func lines(of request: JSONNode) -> [String] {
        let time = Self.time(request["at"])
        let isGood =
            ["hit", "unknown"].contains(request["verdict"]?.string) || request["cause"]?.string == "first sight"
        let advice = (request["changed"]?["advice"]?.string).map { "  " + $0 }
        return ["\(time)  \(Terminal.paint(request["text"]?.string ?? "", isGood ? .green : .yellow))"]
            + [advice].compactMap(\.self)
    }

    private static func time(_ node: JSONNode?) -> String {
        (node?.string ?? "").replacing("T", with: " ").replacing("Z", with: "")
    }

    private func explain(_ row: ScopeRow) {
        let left = "for \(Clockface.text(row.lifeLeft)) of \(Clockface.text(row.lifetime)) more"
        Terminal.print("\(row.id): \(Terminal.paint(row.state, row.color))\(row.state == "warm" ? " \(left)" : "")")
        Terminal.print("  what     \(row.model) up to \(row.breakpoint), \(row.policy)")
        if row.state != "warm", row.lifeLeft > 0 { Terminal.print("  life     \(left)") }
        let action = row.nextIn.map { "\(row.nextIsPing ? "a ping" : "a fresh decision") in \(Clockface.text($0))" }
        Terminal.print("  next     \(action ?? "nothing until something happens")")
        Terminal.print("  why      \(row.reason)")
        func count(_ key: String) -> Int { row.totals?[key]?.integer ?? 0 }
        func counted(_ key: String) -> String { count(key) == 1 ? "1 \(key.dropLast())" : "\(count(key)) \(key)" }
        Terminal.print(
            "  so far   \(counted("pings")): \(counted("hits")), \(counted("rewrites")); "
                + "\(count("failures")) failed, \(count("refusals")) refused; \(counted("arrivals"))")
        if let holder = row.holder { Terminal.print("  held by  \(holder)") }
        Terminal.print("  spent    \((try? USD(row.spent))?.short ?? row.spent)")
    }

    private func line(_ tick: JSONNode) -> String {
        let outcome = tick["outcome"]?.string ?? ""
        let cause = tick["cause"]?.string.map { " (\($0))" } ?? ""
        let cost = (tick["cost_usd"]?.string).flatMap { try? USD($0) }?.short ?? ""
        let time = Self.time(tick["at"])
        let isGood = outcome == "hit" || cause == " (first sight)"
        return "\(time)  \(Terminal.paint((outcome + cause).padded(26), isGood ? .green : .yellow))  "
            + "\(cost.padded(10))  \(tick["reason"]?.string ?? "")"
    }
}
