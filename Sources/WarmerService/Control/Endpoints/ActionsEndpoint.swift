import HTTPTypes
import Hummingbird
import OrderedJSON
import PromptCacheWarmer
import WarmingPolicies

/// What changes state or costs money. All of it stands behind the token.
struct ActionsEndpoint {
    let desk: ControlDesk

    /// A wave of warming goes on this many scopes at a time; lanes pace it further.
    private static let width = 8
    /// How many failures of a wave are told of one by one.
    private static let mostFailures = 20

    func add(to router: some RouterMethods<BasicRequestContext>) {
        router.post("/v1/scopes/:name/pause") { _, context in
            let name = context.parameters.get("name") ?? ""
            return await changed(name, await desk.warmer.pause(name))
        }
        router.post("/v1/scopes/:name/resume") { _, context in
            let name = context.parameters.get("name") ?? ""
            return await changed(name, await desk.warmer.resume(name))
        }
        router.post("/v1/scopes/:name/keep") { request, context in
            await keep(context.parameters.get("name") ?? "", request)
        }
        router.post("/v1/scopes/:name/drop") { _, context in
            let name = context.parameters.get("name") ?? ""
            return await changed(name, await desk.warmer.drop(name))
        }
        router.post("/v1/scopes/:name/warm") { request, context in
            await warm(context.parameters.get("name") ?? "", request)
        }
        router.post("/v1/pause") { _, _ in Response.json(["scopes": .integer(await desk.warmer.pauseAll())]) }
        router.post("/v1/resume") { _, _ in Response.json(["scopes": .integer(await desk.warmer.resumeAll())]) }
        router.post("/v1/warm") { _, _ in await warmAll() }
        router.post("/v1/warming/off") { _, _ in
            switched { () throws(DaemonError) in
                try desk.killSwitch.turnOff("by the kill switch at \(desk.clock.now.wall.iso8601)")
            }
        }
        router.post("/v1/warming/on") { _, _ in
            switched { () throws(DaemonError) in try desk.killSwitch.turnOn() }
        }
        router.post("/v1/reload") { _, _ in await reload() }
    }

    private func changed(_ name: String, _ exists: Bool) async -> Response {
        guard exists else { return await desk.unknown(name) }
        let statuses = await desk.warmer.status(of: name)
        return .json(["scopes": .array(statuses.map(ScopeReport(now: desk.clock.now).json))])
    }

    private func keep(_ name: String, _ request: Request) async -> Response {
        let query = request.uri.queryParameters
        let end: Moment
        do {
            end = try KeepTime(for: query["for"], until: query["until"]).end(now: desk.clock.now)
        } catch {
            return .fault(error.description, status: .badRequest)
        }
        return await changed(name, await desk.warmer.keep(name, until: end))
    }

    // MARK: Warming

    private func warm(_ name: String, _ request: Request) async -> Response {
        guard await !desk.warmer.status(of: name).isEmpty else { return await desk.unknown(name) }
        do {
            let verifies = request.uri.queryParameters["verify"].map { $0 == "true" } ?? false
            let result = try await desk.warmer.warm(name, verify: verifies)
            return .json(ScopeReport.warmed(name, result))
        } catch {
            return .fault("\(error)", status: .conflict)
        }
    }

    private func warmAll() async -> Response {
        let names = Set(await desk.warmer.status.map(\.scope)).sorted()
        let failures = await withTaskGroup(of: (String, String)?.self) { tasks in
            var failures: [(scope: String, reason: String)] = []
            for (position, name) in names.enumerated() {
                if position >= Self.width, let failed = await tasks.next() ?? nil { failures.append(failed) }
                tasks.addTask {
                    do {
                        try await desk.warmer.warm(name, verify: false)
                        return nil
                    } catch {
                        return (name, "\(error)")
                    }
                }
            }
            for await case let failed? in tasks { failures.append(failed) }
            return failures.sorted { $0.scope < $1.scope }
        }
        return .json([
            "warmed": .integer(names.count - failures.count), "failed": .integer(failures.count),
            "failures": .array(
                failures.prefix(Self.mostFailures).map { ["scope": .string($0.scope), "reason": .string($0.reason)] }),
        ])
    }

    // MARK: The whole daemon

    private func switched(_ change: () throws(DaemonError) -> Void) -> Response {
        do {
            try change()
        } catch {
            return .fault(error.description, status: .internalServerError)
        }
        let off = desk.warmer.warmingOffReason
        return .json(["on": .boolean(off == nil), "off_reason": .optional(off)])
    }

    private func reload() async -> Response {
        let faults = await desk.keeper.reload()
        return .json(
            ["applied": .boolean(faults.isEmpty), "faults": .array(faults.map(JSONOutput.string))],
            status: faults.isEmpty ? .ok : .conflict)
    }
}
