import ArgumentParser
import CachePrices
import OrderedJSON

struct WarmNowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm-now",
        abstract:
            "Has a running daemon warm a scope, or all of them, now: whatever its policy says, within its budget.",
        discussion: """
            Example:

              warmer warm-now support --verify
              warmer warm-now --all

            `warmer warm REQUEST.json` does it without a daemon.
            """)

    @OptionGroup var target: ScopeTarget
    @Flag(help: "Send a second request for a named scope, which must read what the first one wrote.") var verify = false
    @OptionGroup var control: ControlOptions
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let client = try control.client()
        guard let scope = target.scope else { return try await all(client) }
        let answer = try await client.post(ControlClient.scope(scope, verify ? "/warm?verify=true" : "/warm"))
        if json { Terminal.print(answer.source) }
        for prefix in answer["prefixes"].map({ Array($0.elements) }) ?? [] {
            let verified = prefix["verified"]?.boolean
            if !json {
                let cost = (prefix["cost_usd"]?.string).flatMap { try? USD($0) }?.short ?? ""
                let words = [
                    "\(scope) \(prefix["breakpoint"]?.string ?? "")", prefix["verdict"]?.string ?? "",
                    verified == true ? "verified" : nil, cost,
                ]
                Terminal.print(words.compactMap(\.self).joined(separator: ", "))
            }
            if verified == false { throw Failure(.notSo, "\(scope): not warm: the second request did not read it") }
        }
    }

    private func all(_ client: ControlClient) async throws {
        let answer = try await client.post("/v1/warm")
        if json {
            Terminal.print(answer.source)
        } else {
            Terminal.print("\(answer["warmed"]?.integer ?? 0) scopes warmed")
        }
        let failed = answer["failed"]?.integer ?? 0
        guard failed > 0 else { return }
        let failures = answer["failures"].map { Array($0.elements) } ?? []
        for failure in failures { Terminal.complain(failure["reason"]?.string ?? "") }
        throw Failure(.failed, "\(failed) scopes could not be warmed")
    }
}
