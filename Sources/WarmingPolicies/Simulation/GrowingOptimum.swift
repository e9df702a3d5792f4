import PromptCache

/// The clairvoyant optimum of a growing conversation, where each write may be split: up to some token for an hour, the
/// rest for five minutes.
///
/// States: so much is cached, and so much of that for an hour. A state that costs more and holds no more than another is
/// dropped.
public struct GrowingOptimum: Sendable {
    /// What a one-hour breakpoint on top of tokens cached for five minutes does; the provider's documentation fits both.
    public enum Model: Sendable {
        /// The older tokens keep their five minutes: the careful assumption.
        case segments
        /// The whole prefix is kept for an hour.
        case entries
    }

    let prices: PriceRatios
    let model: Model

    private static let mostStates = 6000
    private static let mostPings5m = 500
    private static let mostPings1h = 40

    public init(prices: PriceRatios, model: Model) {
        self.prices = prices
        self.model = model
    }

    private struct State {
        var cost = 0.0
        var result = SimulationResult()
        var cached1h = 0.0
        var cached = 0.0

        func holds(atLeast other: State) -> Bool { cached1h >= other.cached1h && cached >= other.cached }
    }

    /// What the cheapest plan for a scope's requests costs.
    public func cheapest(_ requests: [TraceRequest]) -> SimulationResult {
        var states = [State()]
        for (index, request) in requests.enumerated() {
            let alive =
                index == 0 ? states : states.flatMap { survivors($0, Gap(from: requests[index - 1], to: request)) }
            let next = alive.flatMap { answers($0, request) }.sorted {
                ($0.cost, $0.cached1h, $0.cached) < ($1.cost, $1.cached1h, $1.cached)
            }
            states = []
            for state in next where !states.contains(where: { $0.holds(atLeast: state) }) {
                states.append(state)
                if states.count > Self.mostStates { break }
            }
        }
        return states.first?.result ?? SimulationResult()
    }

    /// What a state can have become by the end of a gap.
    private func survivors(_ state: State, _ gap: Gap) -> [State] {
        if gap.isAtMost(Lifetime.fiveMinutes.duration) { return [state] }
        var survivors: [State] = []
        let pings5m = gap.pingsToKeep(.fiveMinutes)
        if state.cached > state.cached1h, pings5m < Self.mostPings5m {
            survivors.append(pinged(state, pings5m, state.cached))
        }
        let pings1h = gap.pingsToKeep(.oneHour)
        if state.cached1h > 0, pings1h < Self.mostPings1h {
            var shorter = pinged(state, pings1h, state.cached1h)
            shorter.cached = state.cached1h
            survivors.append(shorter)
        }
        var gone = state
        (gone.cached, gone.cached1h) = (0, 0)
        survivors.append(gone)
        return survivors
    }

    private func pinged(_ state: State, _ pings: Int, _ tokens: Double) -> State {
        var state = state
        let cost = Double(pings) * (prices.read * tokens + PriceRatios.pingOverhead)
        state.cost += cost
        state.result.pings += pings
        state.result.pingCost += cost
        return state
    }

    /// The ways in which a request can write what is missing.
    private func answers(_ state: State, _ request: TraceRequest) -> [State] {
        let (prefix, total) = (Double(request.prefixTokens), request.sent)
        var read = state
        read.cached = min(state.cached, prefix)
        read.cached1h = min(state.cached1h, prefix)
        read.cost += prices.read * read.cached
        read.result.reads += prices.read * read.cached
        if read.cached == 0 { read.result.coldStarts += 1 }

        func written(_ upTo1h: Double?) -> State {
            var state = read
            let oneHour = upTo1h.map { max(0, $0 - read.cached) } ?? 0
            let cost = prices.write1h * oneHour + prices.write5m * (total - read.cached - oneHour)
            state.cost += cost
            state.result.writes += cost
            state.cached = total
            state.cached1h = upTo1h ?? read.cached1h
            return state
        }
        var answers = [written(nil)]
        // In segments an hour can only be stacked on an hour.
        if model == .entries || read.cached1h >= read.cached {
            answers.append(written(total))
            if read.cached < prefix { answers.append(written(prefix)) }
        }
        return answers
    }
}
