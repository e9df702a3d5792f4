public import PromptCache

/// The prices of models: those compiled in, and those that the user's file adds or puts in their place.
///
/// A model that is not in the list has no price, and what has no price is never warmed.
public struct PriceList: Hashable, Sendable {
    private var byFamily: [String: ModelPrice]

    /// The provider's price page as of 2026-11, compiled in.
    public static let builtIn: PriceList = {
        do {
            return try PriceList(json: PackageResources.prices_json, file: "the built-in price list")
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// A list with nothing in it.
    public static let empty = PriceList(byFamily: [:])

    private init(byFamily: [String: ModelPrice]) {
        self.byFamily = byFamily
    }

    /// Reads a price file.
    ///
    /// ```json
    /// {
    ///   "as_of": "2026-11", "source": "our contract",
    ///   "models": {
    ///     "claude-opus-5-5": {
    ///       "input": "4", "write_5m": "5", "write_1h": "8", "read": "0.20", "output": "20",
    ///       "long_prompts": { "above": 200000, "input": "8", … }
    ///     }
    ///   }
    /// }
    /// ```
    /// Prices are in USD per million tokens, as strings or plain numbers, from 0 to 10,000, with at most six decimals;
    /// the input price is above 0. `as_of`, `source` and `"assumed": true` may stand in an entry as well. A model may be
    /// named in any of its spellings.
    ///
    /// - Parameters:
    ///   - json: the file's bytes.
    ///   - file: its name, for errors and as the source of entries that name none.
    /// - Throws: ``PriceListError`` for the first mistake.
    public init(json: [UInt8], file: String) throws(PriceListError) {
        byFamily = try PriceFile(json, name: file).models()
    }

    /// This list with the entries of a user's file added; an entry for a model that has one already takes its place,
    /// whole.
    ///
    /// - Throws: ``PriceListError`` for the first mistake.
    public func merging(_ json: [UInt8], file: String) throws(PriceListError) -> PriceList {
        let theirs = try PriceList(json: json, file: file)
        return PriceList(byFamily: byFamily.merging(theirs.byFamily) { $1 })
    }

    /// The price of a model under any of its names; nil if it has none.
    public func price(of model: ModelID) -> ModelPrice? { byFamily[model.family] }

    /// All prices, ordered by the model's family.
    public var all: [ModelPrice] { byFamily.values.sorted { $0.family < $1.family } }

    /// What one request costs; nil for a model without a price. See ``ModelPrice/cost(of:modifiers:)``.
    public func cost(of usage: Usage, model: ModelID, modifiers: Set<PriceModifier> = []) -> Cost? {
        price(of: model)?.cost(of: usage, modifiers: modifiers)
    }

    /// The most that a request can cost; nil for a model without a price. See
    /// ``ModelPrice/worstCase(tokens:lifetime:maxOutput:modifiers:)``.
    public func worstCase(
        tokens: Int, lifetime: Lifetime, maxOutput: Int, model: ModelID, modifiers: Set<PriceModifier> = []
    ) -> USD? {
        price(of: model)?.worstCase(tokens: tokens, lifetime: lifetime, maxOutput: maxOutput, modifiers: modifiers)
    }
}
