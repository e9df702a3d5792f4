import OrderedJSON
public import PromptCache

extension MessagesRequest {
    /// What about this request multiplies its prices.
    public var priceModifiers: Set<PriceModifier> {
        var modifiers: Set<PriceModifier> = []
        if self["inference_geo"]?.string == "us" { modifiers.insert(.inferenceGeoUS) }
        if self["speed"]?.string == "fast" { modifiers.insert(.fast) }
        return modifiers
    }
}
