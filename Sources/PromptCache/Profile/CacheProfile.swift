/// What `warmer probe` has measured of caches, by endpoint and model: put in the place of what is documented.
public struct CacheProfile: Hashable, Sendable {
    /// What was measured, one for each endpoint and model.
    public private(set) var caches: [MeasuredCache]

    /// Nothing was measured: everything is as documented.
    public static let documented = CacheProfile()

    /// - Parameter caches: where two are of one endpoint and model, the later one counts.
    public init(_ caches: [MeasuredCache] = []) {
        self.caches = []
        for cache in caches { put(cache) }
    }

    /// Adds a measurement, in the place of an earlier one of the same endpoint and model.
    public mutating func put(_ cache: MeasuredCache) {
        caches.removeAll { $0.model == cache.model && $0.endpoint == cache.endpoint }
        caches.append(cache)
    }

    /// What was measured of a model at an endpoint.
    public func cache(of model: ModelID, at endpoint: String) -> MeasuredCache? {
        caches.first { $0.model == model && $0.endpoint == endpoint }
    }

    /// The rules of a model at an endpoint, as measured where it was, else as documented.
    public func rules(for model: ModelID, at endpoint: String) -> CacheRules {
        let documented = CacheRules(for: model)
        return cache(of: model, at: endpoint)?.applied(to: documented) ?? documented
    }
}
