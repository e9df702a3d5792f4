import HTTPTypes
import Hummingbird
import PromptCacheWarmer

/// What the dashboard's address answers to. `docs/openapi.yaml` describes each route.
///
/// Reading is open to this machine. Noting an arrival is too: it costs nothing by itself, and hosts in any language do it.
/// Everything else that changes something stands behind the token.
struct ControlRoutes: Sendable {
    let desk: ControlDesk

    var router: Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: SafeHeaders())
        router.add(middleware: LoopbackGuard())
        HealthEndpoint(desk: desk).add(to: router)
        ScopesEndpoint(desk: desk).add(to: router)
        ArrivalsEndpoint(desk: desk).add(to: router)
        TrafficEndpoint(desk: desk).add(to: router)
        MoneyEndpoint(desk: desk).add(to: router)
        FleetEndpoint(desk: desk).add(to: router)
        DashboardEndpoint(desk: desk).add(to: router)
        let guarded = router.group()
            .add(middleware: TokenGuard(token: desk.token, tokenFile: desk.killSwitch.state.tokenFile))
        ActionsEndpoint(desk: desk).add(to: guarded)
        return router
    }
}

extension ControlDesk {
    func unknown(_ name: String) async -> Response {
        let overview = await warmer.overview(.init(limit: 10))
        let names = Set(overview.page.map(\.scope)).sorted().joined(separator: ", ")
        let more = overview.counts.all > overview.page.count ? ", …" : ""
        return .fault("there is no scope '\(name)': there is \(names)\(more)", status: .notFound)
    }
}
