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
    /// What reading and writing cost against input.
    let ratios: PriceRatios

    init(
        model: ModelID, ladderKey: Ladder.Key, price: ModelPrice, modifiers: Set<PriceModifier>, rules: CacheRules
    ) {
        self.model = model
        self.ladderKey = ladderKey
        self.price = price
        self.modifiers = modifiers
        self.rules = rules
        ratios = PriceRatios(price)
    }
}
