public import OrderedJSON

extension CacheProfile {
    /// Reads a profile.
    ///
    /// ```json
    /// {"caches": [{
    ///   "endpoint": "https://api.anthropic.com", "model": "claude-sonnet-5-5", "measured_at": "2026-11-25T13:20:00Z",
    ///   "read_refreshes": true, "zero_tokens": "refreshes", "hour_honoured": true, "hour_on_top": "segment",
    ///   "lifetime_in_key": false, "minimum_tokens": {"uncached": 505, "cached": 513},
    ///   "readable_after_seconds": 0.4, "held_seconds": {"at_least": 345, "gone_at": 360}
    /// }]}
    /// ```
    /// All but `endpoint` and `model` may be missing or null: then it is as documented.
    ///
    /// - Throws: ``RequestFault`` for the first mistake, with its path.
    public init(json: [UInt8]) throws(RequestFault) {
        let text: JSONText
        do {
            text = try JSONText(json)
        } catch {
            throw RequestFault(error, in: json)
        }
        guard let list = text.root["caches"], list.kind == .array else {
            throw RequestFault(path: "caches", "must be a list of measurements; have `warmer probe` write the file")
        }
        var caches: [MeasuredCache] = []
        for (position, node) in list.elements.enumerated() {
            caches.append(try ProfileReader(path: "caches.\(position)").cache(node))
        }
        self.init(caches)
    }

    /// The profile as ``init(json:)`` reads it.
    public var json: JSONOutput { ["caches": .array(caches.map(\.json))] }
}

extension MeasuredCache {
    /// The measurement as a member of `caches`.
    public var json: JSONOutput {
        [
            "endpoint": .string(endpoint), "model": .string(model.name), "measured_at": .optional(measuredAt),
            "read_refreshes": readRefreshes.map(JSONOutput.boolean) ?? .null,
            "zero_tokens": .optional(zeroTokens?.rawValue),
            "hour_honoured": honoursHour.map(JSONOutput.boolean) ?? .null,
            "hour_on_top": .optional(hourOnTop?.rawValue),
            "lifetime_in_key": lifetimeInKey.map(JSONOutput.boolean) ?? .null,
            "minimum_tokens": minimum.map {
                ["uncached": .integer($0.uncached), "cached": .integer($0.cached)]
            } ?? .null,
            "readable_after_seconds": .optional(readableAfter.map { $0 / .seconds(1) }),
            "held_seconds": held.map { held in
                [
                    "at_least": .double(held.atLeast / .seconds(1)),
                    "gone_at": .optional(held.goneAt.map { $0 / .seconds(1) }),
                ]
            } ?? .null,
        ]
    }
}

/// Reads one measurement with an eye on mistakes.
private struct ProfileReader {
    let path: String

    private static let fields = [
        "endpoint", "model", "measured_at", "read_refreshes", "zero_tokens", "hour_honoured", "hour_on_top",
        "lifetime_in_key", "minimum_tokens", "readable_after_seconds", "held_seconds",
    ]

    func cache(_ node: JSONNode) throws(RequestFault) -> MeasuredCache {
        guard node.kind == .object else { throw RequestFault(path: path, "must be an object") }
        for member in node.members where !Self.fields.contains(member.name) {
            let near = Nearest.name(to: member.name, among: Self.fields).map { "did you mean \($0)? " } ?? ""
            throw fault(member.name, "is not known: \(near)have `warmer probe` write the file")
        }
        guard let endpoint = node["endpoint"]?.string, !endpoint.isEmpty else {
            throw fault("endpoint", "must be the base URL that was measured")
        }
        guard let model = node["model"]?.string, !model.isEmpty else {
            throw fault("model", "must be the model that was measured")
        }
        var cache = MeasuredCache(
            endpoint: endpoint, model: ModelID(model),
            measuredAt: try value(node, "measured_at", "a time") { $0.string })
        cache.readRefreshes = try flag(node, "read_refreshes")
        cache.zeroTokens = try choice(node, "zero_tokens")
        cache.honoursHour = try flag(node, "hour_honoured")
        cache.hourOnTop = try choice(node, "hour_on_top")
        cache.lifetimeInKey = try flag(node, "lifetime_in_key")
        cache.minimum = try value(node, "minimum_tokens", #"{"uncached": 505, "cached": 513}, the smaller first"#) {
            guard let uncached = $0["uncached"]?.integer, let cached = $0["cached"]?.integer, uncached >= 0,
                cached > uncached
            else { return nil }
            return MeasuredCache.Minimum(uncached: uncached, cached: cached)
        }
        cache.readableAfter = try value(node, "readable_after_seconds", "seconds from 0 to 3600", Self.seconds)
        cache.held = try value(node, "held_seconds", #"{"at_least": 345, "gone_at": 360} in seconds"#) {
            guard let atLeast = $0["at_least"].flatMap(Self.seconds) else { return nil }
            return MeasuredCache.Held(atLeast: atLeast, goneAt: $0["gone_at"].flatMap(Self.seconds))
        }
        return cache
    }

    private static func seconds(_ node: JSONNode) -> Duration? {
        guard node.kind == .number, let seconds = Double(String(decoding: node.bytes, as: UTF8.self)),
            (0...3600).contains(seconds)
        else { return nil }
        return .seconds(seconds)
    }

    private func flag(_ node: JSONNode, _ name: String) throws(RequestFault) -> Bool? {
        try value(node, name, "true or false") { $0.boolean }
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: JSONNode, _ name: String
    ) throws(RequestFault) -> Choice? {
        try value(node, name, Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")) {
            $0.string.flatMap(Choice.init(rawValue:))
        }
    }

    /// - Returns: nil where it is missing or null.
    private func value<Value>(
        _ node: JSONNode, _ name: String, _ wanted: String, _ read: (JSONNode) -> Value?
    ) throws(RequestFault) -> Value? {
        guard let member = node[name], member.kind != .null else { return nil }
        guard let value = read(member) else { throw fault(name, "must be \(wanted)") }
        return value
    }

    private func fault(_ name: String, _ reason: String) -> RequestFault {
        RequestFault(path: "\(path).\(name)", reason)
    }
}
