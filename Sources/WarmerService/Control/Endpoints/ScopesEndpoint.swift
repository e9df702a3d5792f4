import CachePrices
import Hummingbird
import OrderedJSON
import PromptCache
import PromptCacheWarmer

/// What scopes do next and why, what has become of them, and how long prefixes are kept.
struct ScopesEndpoint {
    let desk: ControlDesk

    func add(to router: some RouterMethods<BasicRequestContext>) {
        router.get("/v1/scopes") { request, _ in await scopes(request) }
        router.get("/v1/scopes/:name") { _, context in await scope(context.parameters.get("name") ?? "") }
        router.get("/v1/scopes/:name/ticks") { request, context in
            await ticks(of: context.parameters.get("name") ?? "", request)
        }
        router.get("/v1/warmth/:key") { _, context in await warmth(context.parameters.get("key") ?? "") }
    }

    private func scopes(_ request: Request) async -> Response {
        let query: ScopeQuery
        do {
            query = try ScopeQuery(request.uri.queryParameters)
        } catch {
            return .fault(error.message, status: .badRequest)
        }
        let overview = await desk.warmer.overview(query)
        let report = ScopeReport(now: desk.clock.now)
        return .json([
            "scopes": .array(overview.page.map(report.json)),
            "spent_today_usd": .string(await desk.warmer.spentToday().decimal),
            "budget_per_day_usd": .string(await desk.keeper.state.configuration.budget.perDay.decimal),
            "found": .integer(overview.found),
        ])
    }

    private func scope(_ name: String) async -> Response {
        let statuses = await desk.warmer.status(of: name)
        guard !statuses.isEmpty else { return await desk.unknown(name) }
        return .json(["scopes": .array(statuses.map(ScopeReport(now: desk.clock.now).json))])
    }

    private func ticks(of name: String, _ request: Request) async -> Response {
        guard await !desk.warmer.status(of: name).isEmpty else { return await desk.unknown(name) }
        do {
            let limit = try request.uri.queryParameters.integer("limit", in: 0...1000) ?? 100
            return .json([
                "ticks": .array(desk.history.ticks(of: name, limit: limit).map(ScopeReport.tick))
            ])
        } catch {
            return .fault(error.message, status: .badRequest)
        }
    }

    private func warmth(_ key: String) async -> Response {
        let statuses = await desk.warmer.status.filter { $0.key.hex == key.lowercased() }
        guard let json = ScopeReport(now: desk.clock.now).warmth(statuses) else {
            return .fault("no scope has the prefix \(key): see GET /v1/scopes for those there are", status: .notFound)
        }
        return .json(json)
    }
}
