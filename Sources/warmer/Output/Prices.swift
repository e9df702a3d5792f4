import CachePrices

enum Prices {
    /// The built-in prices, with those of a user's file added.
    static func list(adding file: String?) throws(Failure) -> PriceList {
        guard let file else { return .builtIn }
        let bytes = try Files.read(file)
        do {
            return try PriceList.builtIn.merging(bytes, file: file)
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }
}
