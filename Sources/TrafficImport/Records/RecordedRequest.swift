public import PromptCache
public import WarmingPolicies

/// A real request as a log of responses has it.
public struct RecordedRequest: Hashable, Sendable {
    /// When it started, as near as the log tells.
    public var start: Moment
    /// The conversation or prompt that it belongs to.
    public var scope: String
    public var model: ModelID
    public var usage: Usage
    public var awaits: Awaits
    public var isSubAgent: Bool

    public init(
        start: Moment, scope: String, model: ModelID, usage: Usage, awaits: Awaits = .unknown, isSubAgent: Bool = false
    ) {
        self.start = start
        self.scope = scope
        self.model = model
        self.usage = usage
        self.awaits = awaits
        self.isSubAgent = isSubAgent
    }

    /// The tokens that were to be cached; all of them where nothing was marked.
    public var cacheable: Int { usage.cached > 0 ? usage.cached : usage.totalInput }
}

/// What was recorded of real traffic, in the order of time.
public struct RecordedTraffic: Hashable, Sendable {
    public private(set) var requests: [RecordedRequest]
    /// How many files it is from.
    public var files: Int
    /// What could not be used.
    public var leftOut: LeftOut

    public init(requests: [RecordedRequest], files: Int, leftOut: LeftOut = LeftOut()) {
        self.requests = requests.sorted { ($0.start, $0.scope) < ($1.start, $1.scope) }
        self.files = files
        self.leftOut = leftOut
    }

    /// Lines that could not be used.
    public struct LeftOut: Hashable, Sendable {
        /// Lines that are no JSON objects, as the last one of a session that was cut off.
        public var broken = 0
        /// The first of those.
        public var firstBroken: TrafficFault?
        /// Responses without a usage that can be believed, such as errors.
        public var withoutUsage = 0
        /// Lines of other kinds, or without a model or a time.
        public var other = 0

        public init() {}

        /// How many lines there are in all.
        public var total: Int { broken + withoutUsage + other }

        mutating func add(_ fault: TrafficFault) {
            broken += 1
            firstBroken = firstBroken ?? fault
        }
    }

    /// The model with the most tokens.
    public var mainModel: ModelID? {
        var tokens: [ModelID: Int] = [:]
        for request in requests { tokens[request.model, default: 0] += request.usage.totalInput }
        return tokens.max { ($0.value, $1.key.name) < ($1.value, $0.key.name) }?.key
    }

    /// The traffic as a trace of growing conversations. Scopes of different models are kept apart.
    ///
    /// What a request could have read of its prefix is what it did read. Where it read nothing after a pause that its
    /// entry cannot have lived through, it is taken to ask for all that was cached before.
    ///
    /// - Parameter utcOffset: by how many seconds the users' clocks are ahead of UTC.
    public func trace(horizon: Trace.Horizon = .lastArrival, utcOffset: Int?) -> Trace {
        struct Before {
            var number: Int
            var start: Moment
            var cached: Int
            var lifetime: Lifetime
        }
        var scopes: [String: Before] = [:]
        let rows = requests.map { request in
            let name = "\(request.model.family) \(request.scope)"
            let before = scopes[name]
            let cacheable = request.cacheable
            var prefix = 0
            if let before {
                let expired = request.start - before.start > before.lifetime.duration
                let possible = min(before.cached, cacheable)
                prefix =
                    expired ? max(possible, min(request.usage.read, cacheable)) : min(request.usage.read, cacheable)
                // Nothing at all was cached, so nothing is known but that it could have been.
                if request.usage.cached == 0 { prefix = possible }
            }
            let lifetime: Lifetime =
                request.usage.write1h > 0
                ? .oneHour : request.usage.write5m > 0 ? .fiveMinutes : before?.lifetime ?? .fiveMinutes
            let number = before?.number ?? scopes.count
            scopes[name] = Before(number: number, start: request.start, cached: cacheable, lifetime: lifetime)
            return TraceRequest(
                start: request.start, scope: number, prefixTokens: prefix, newTokens: cacheable - prefix,
                awaits: request.awaits, isSubAgent: request.isSubAgent)
        }
        return Trace(requests: rows, horizon: horizon, isGrowing: true, utcOffset: utcOffset)
    }
}
