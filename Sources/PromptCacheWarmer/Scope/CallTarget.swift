import CachePrices
import PromptCache
import WarmingPolicies

/// Where, how and at what price prefixes are sent: shared by all that agree in it.
final class CallTarget: Sendable {
    let model: ModelID
    let ladderKey: Ladder.Key
    let price: ModelPrice
    let modifiers: Set<PriceModifier>
    let rules: CacheRules
    /// What reading and writing cost against input. The tier of short prompts stands for all: both have the same ratios.
    let ratios: PriceRatios

    init(model: ModelID, ladderKey: Ladder.Key, price: ModelPrice, modifiers: Set<PriceModifier>) {
        self.model = model
        self.ladderKey = ladderKey
        self.price = price
        self.modifiers = modifiers
        rules = CacheRules(for: model)
        let prices = price.prices
        ratios = PriceRatios(
            input: Double(prices.input.picodollars), read: Double(prices.read.picodollars),
            write5m: Double(prices.write5m.picodollars), write1h: Double(prices.write1h.picodollars))
    }
}
