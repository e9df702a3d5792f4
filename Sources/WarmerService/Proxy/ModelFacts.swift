import CachePrices
import PromptCache

/// What there is to know of a model besides its name. Looking it up takes a name apart, so that is done once for each.
struct ModelFacts: Sendable {
    var rules: CacheRules
    /// Nil for a model without a price.
    var price: ModelPrice?

    /// Of the models that requests have named, as far as there are not too many to remember.
    struct Table: Sendable {
        private var known: [ModelID: ModelFacts] = [:]
        private let prices: PriceList
        private static let most = 256

        init(_ prices: PriceList) { self.prices = prices }

        subscript(model: ModelID) -> ModelFacts {
            mutating get {
                if let facts = known[model] { return facts }
                let facts = ModelFacts(rules: CacheRules(for: model), price: prices.price(of: model))
                if known.count < Self.most { known[model] = facts }
                return facts
            }
        }
    }
}
