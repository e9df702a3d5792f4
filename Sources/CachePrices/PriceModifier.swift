/// Something about a request that multiplies all its prices.
///
/// The ratios are from the provider's price page, as of 2026-11. Several of them multiply each other.
public struct PriceModifier: Hashable, Sendable {
    /// A stable name for logs and reports.
    public let name: String
    /// What every price is multiplied by.
    public let ratio: Ratio

    /// Sent through the batch interface: half the price.
    public static let batch = PriceModifier(name: "batch", ratio: Ratio(1, 2))
    /// `inference_geo: "us"`: a tenth more.
    public static let inferenceGeoUS = PriceModifier(name: "inference_geo_us", ratio: Ratio(11, 10))
    /// `speed: "fast"`, on the models that offer it: double.
    public static let fast = PriceModifier(name: "fast", ratio: Ratio(2, 1))
    /// A regional endpoint of Bedrock or Vertex: a tenth more.
    public static let regional = PriceModifier(name: "regional", ratio: Ratio(11, 10))
}

extension Set<PriceModifier> {
    /// What all of them together multiply prices by. The set and its ratios are few and small, so that this is exact.
    var product: Ratio { reduce(Ratio(1, 1)) { $0 * $1.ratio } }
}
