import CachePrices
import Foundation
import Hummingbird
import OrderedJSON
import PromptCacheWarmer

/// What may be spent, and what has been.
struct MoneyEndpoint {
    let desk: ControlDesk

    func add(to router: some RouterMethods<BasicRequestContext>) {
        router.get("/v1/budget") { _, _ in await budget() }
    }

    private func budget() async -> Response {
        let configuration = await desk.keeper.state.configuration
        let spent = await desk.warmer.spentToday()
        let left = max(.zero, configuration.budget.perDay - spent)
        return .json([
            "per_day_usd": .string(configuration.budget.perDay.decimal),
            "per_ping_usd": .optional(configuration.budget.perPing?.decimal),
            "time_zone": .string(configuration.budget.timeZone.identifier),
            "spent_today_usd": .string(spent.decimal), "left_today_usd": .string(left.decimal),
            "scopes": .array(
                configuration.scopes.compactMap { scope in
                    scope.budget.map { budget in
                        [
                            "scope": .string(scope.name), "per_day_usd": .string(budget.perDay.decimal),
                            "per_ping_usd": .optional(budget.perPing?.decimal),
                        ]
                    }
                }),
        ])
    }
}
