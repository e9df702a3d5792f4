import CachePrices
import HTTPTypes
import Hummingbird
import NIOCore
import PromptCacheWarmer

/// Pages for people, and what keeps them up to date.
struct DashboardEndpoint {
    let desk: ControlDesk

    func add(to router: some RouterMethods<BasicRequestContext>) {
        router.get("/") { request, _ in await front(request) }
        router.get("/money") { _, _ in await page(.money) }
        router.get("/history") { _, _ in await page(.history) }
        router.get("/misses") { _, _ in await page(.misses) }
        router.get("/fleet") { _, _ in await page(.fleet) }
        router.get("/what-if") { _, _ in await page(.whatIf) }
        router.get("/scopes/:name") { _, context in await page(.scope(context.parameters.get("name") ?? "")) }
        router.get("/live") { request, _ in live(request) }
        router.get("/assets/:name") { _, context in asset(context.parameters.get("name") ?? "") }
    }

    /// Browsers ask for HTML; others get a table.
    private func front(_ request: Request) async -> Response {
        guard request.headers[.accept]?.contains("text/html") ?? false else { return await table() }
        do {
            return await page(.now(try DashboardPage.query(request.uri.queryParameters)))
        } catch {
            return .fault(error.message, status: .badRequest)
        }
    }

    private func page(_ page: DashboardPage) async -> Response {
        guard let html = await PageWriter(desk: desk).whole(page) else {
            if case .scope(let name) = page { return await desk.unknown(name) }
            return .fault("there is no fleet: the store is this daemon's alone", status: .notFound)
        }
        return .text(html, type: "text/html; charset=utf-8")
    }

    private func table() async -> Response {
        let overview = await desk.warmer.overview(.init(limit: 1000))
        let text = ScopeListing.text(
            overview.page, now: desk.clock.now, spentToday: await desk.warmer.spentToday(),
            budget: await desk.keeper.state.configuration.budget.perDay)
        return .text(text, type: "text/plain; charset=utf-8")
    }

    private func live(_ request: Request) -> Response {
        do {
            let page = try DashboardPage(request.uri.queryParameters)
            return LiveStream(writer: PageWriter(desk: desk), page: page).response()
        } catch {
            return .fault(error.message, status: .badRequest)
        }
    }

    private func asset(_ name: String) -> Response {
        guard let file = PageAssets.files[name] else { return .fault("there is no asset '\(name)'", status: .notFound) }
        return Response(
            status: .ok, headers: [.contentType: file.type, .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
}
