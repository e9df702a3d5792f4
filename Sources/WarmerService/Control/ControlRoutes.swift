import CachePrices
import HTTPTypes
import Hummingbird
import NIOCore
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// What the dashboard's address answers to.
///
/// | request | answer |
/// |---|---|
/// | `GET /` | the scopes as a table for people |
/// | `GET /health` | `{"status":"ok"}` |
/// | `GET /v1/scopes`, `GET /v1/scopes/NAME` | what scopes do next and why, and what they have cost |
/// | `POST /v1/scopes/NAME/arrivals` | notes that a request has touched a scope |
/// | `GET /v1/warmth/KEY` | how long a prefix is still kept |
struct ControlRoutes: Sendable {
    let warmer: CacheWarmer
    let clock: any WarmClock
    let budget: USD

    /// A usage has a few hundred bytes.
    private static let largestBody = 64 << 10

    var router: Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: LoopbackGuard())
        router.get("/") { _, _ in await page() }
        router.get("/health") { _, _ in Response.json(["status": "ok"]) }
        router.get("/v1/scopes") { _, _ in await scopes() }
        router.get("/v1/scopes/:name") { _, context in await scope(context.parameters.get("name") ?? "") }
        router.post("/v1/scopes/:name/arrivals") { request, context in
            await arrival(request, of: context.parameters.get("name") ?? "")
        }
        router.get("/v1/warmth/:key") { _, context in await warmth(context.parameters.get("key") ?? "") }
        return router
    }

    // MARK: Reading

    private func page() async -> Response {
        let text = ScopeListing.text(
            await warmer.status, now: clock.now, spentToday: await warmer.spentToday(), budget: budget)
        return .page(text)
    }

    private func scopes() async -> Response {
        let report = ScopeReport(now: clock.now)
        return .json([
            "scopes": .array(await warmer.status.map(report.json)),
            "spent_today_usd": .string(await warmer.spentToday().decimal),
            "budget_per_day_usd": .string(budget.decimal),
        ])
    }

    private func scope(_ name: String) async -> Response {
        let statuses = await warmer.status(of: name)
        guard !statuses.isEmpty else { return await unknown(name) }
        return .json(["scopes": .array(statuses.map(ScopeReport(now: clock.now).json))])
    }

    private func warmth(_ key: String) async -> Response {
        let statuses = await warmer.status.filter { $0.key.hex == key.lowercased() }
        guard let json = ScopeReport(now: clock.now).warmth(statuses) else {
            return .fault("no scope has the prefix \(key): see GET /v1/scopes for those there are", status: .notFound)
        }
        return .json(json)
    }

    // MARK: Arrivals

    /// Time must not overtake an arrival on its way to the schedule: it is held until the warmer has it.
    private func arrival(_ request: Request, of name: String) async -> Response {
        clock.hold()
        defer { clock.release() }
        let now = clock.now.elapsed
        guard await !warmer.status(of: name).isEmpty else { return await unknown(name) }
        guard let body = try? await request.body.collect(upTo: Self.largestBody) else {
            return .fault("the body is larger than \(Self.largestBody) bytes", status: .contentTooLarge)
        }
        do {
            let note = try ArrivalNote(body)
            warmer.noteArrival(of: name, at: now - note.age, usage: note.usage)
            return .json(["scope": .string(name)], status: .accepted)
        } catch {
            return .fault(error.message, status: .badRequest)
        }
    }

    private func unknown(_ name: String) async -> Response {
        let names = Set(await warmer.status.map(\.scope)).sorted().joined(separator: ", ")
        return .fault("there is no scope '\(name)': there is \(names)", status: .notFound)
    }
}
