import Testing
import WarmerService

@Suite("An unknown key")
struct UnknownKeyTests {
    struct Case: CustomTestStringConvertible {
        var yaml: String
        var fault: String
        var testDescription: String { fault }
    }

    private static func scope(_ line: String) -> String { Prompts.yaml(scope: Prompts.scope + "\n" + line) }

    private static let scopeKeys =
        "keys here are name, upstream, request, version, model, tools, system, messages, policy, verify, budget, active, at, "
        + "headers, betas"

    @Test(
        "is refused at every level, with the nearest that is known",
        arguments: [
            Case(
                yaml: Prompts.yaml(scope: Prompts.scope, more: "dashbord: off"),
                fault: "8:1: dashbord: is not known: did you mean dashboard? keys here are upstreams, budget, scopes, "
                    + "prices, dashboard, proxy, store, versions, profile, log"),
            Case(
                yaml: Prompts.yaml(scope: Prompts.scope, budget: "{ per_day: 5, perping: 1 }"),
                fault: "3:23: budget.perping: is not known: did you mean per_ping? keys here are per_day, per_ping, "
                    + "time_zone"),
            Case(
                yaml: scope("polcy: off@5m"),
                fault: "8:5: scopes.0.polcy: is not known: did you mean policy? \(scopeKeys)"),
            Case(yaml: scope("interval: 240s"), fault: "8:5: scopes.0.interval: is not known: \(scopeKeys)"),
            Case(
                yaml: scope("budget: { per_dya: 1 }"),
                fault:
                    "8:15: scopes.0.budget.per_dya: is not known: did you mean per_day? keys here are per_day, per_ping"
            ),
            Case(
                yaml: Prompts.yaml(scope: Prompts.scope, more: "dashboard: { lisen: 127.0.0.1:1 }"),
                fault: "8:14: dashboard.lisen: is not known: did you mean listen? keys here are listen"),
            Case(
                yaml: Prompts.yaml(scope: Prompts.scope).replacing("api_key: {", with: "auht: bearer, api_key: {"),
                fault:
                    "2:48: upstreams.anthropic.auht: is not known: did you mean auth? keys here are url, api_key, auth"),
            Case(
                yaml: Prompts.yaml(scope: Prompts.scope).replacing("{ env: A", with: "{ evn: B, env: A"),
                fault: "2:59: upstreams.anthropic.api_key.evn: is not known: did you mean env? keys here are env, file"),
        ])
    func refused(example: Case) async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        #expect(try await folder.faults(example.yaml) == ["warmer.yaml:\(example.fault)"])
    }
}
