public import CachePrices
public import WarmingPolicies

extension PriceRatios {
    /// What reading and writing cost against input. The tier of short prompts stands for all: both have the same ratios.
    public init(_ price: ModelPrice) {
        let prices = price.prices
        self.init(
            input: Double(prices.input.picodollars), read: Double(prices.read.picodollars),
            write5m: Double(prices.write5m.picodollars), write1h: Double(prices.write1h.picodollars))
    }
}
