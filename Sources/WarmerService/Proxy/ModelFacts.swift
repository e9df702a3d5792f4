import CachePrices
import PromptCache

/// What there is to know of a model at an endpoint besides its name. Looking it up takes a name apart, so that is done once for each.
struct ModelFacts: Sendable {
    var rules: CacheRules
    /// Nil for a model without a price.
    var price: ModelPrice?

    /// Of the models that requests have named, as far as there are not too many to remember.
    struct Table: Sendable {
        private struct Place: Hashable {
            var model: ModelID
            var endpoint: String
        }

        private var known: [Place: ModelFacts] = [:]
        private let prices: PriceList
        private let profile: CacheProfile
        private static let most = 256

        init(_ prices: PriceList, _ profile: CacheProfile) {
            self.prices = prices
            self.profile = profile
        }

        subscript(model: ModelID, endpoint: String) -> ModelFacts {
            mutating get {
                let place = Place(model: model, endpoint: endpoint)
                if let facts = known[place] { return facts }
                let facts = ModelFacts(
                    rules: profile.rules(for: model, at: endpoint), price: prices.price(of: model))
                if known.count < Self.most { known[place] = facts }
                return facts
            }
        }
    }
}
