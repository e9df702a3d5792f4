public import CachePrices
import PromptCache

/// What the provider's documentation leaves open, and a few cents decide.
public enum ProbeQuestion: String, Sendable, CaseIterable {
    /// How short may a prefix be to be cached?
    case minimum
    /// How soon after a response can what it wrote be read?
    case readable
    /// Does a read that asks for no output refresh an entry?
    case zero
    /// Does a read with output refresh an entry?
    case read
    /// Is an hour given where it is asked for?
    case hour
    /// Does a 1h breakpoint above a 5m prefix keep all of it for an hour?
    case hourOnTop = "hour-on-top"
    /// Is the lifetime part of the key?
    case lifetimeInKey = "lifetime-in-key"
    /// How long does an entry of 5 minutes really live?
    case held

    /// The question in words.
    public var text: String {
        switch self {
        case .minimum: "How short may a prefix be to be cached?"
        case .readable: "How soon can it be read?"
        case .zero: "Does max_tokens 0 refresh?"
        case .read: "Does a read refresh?"
        case .hour: "Is 1h given?"
        case .hourOnTop: "Does 1h on top of 5m keep all of it?"
        case .lifetimeInKey: "Is the lifetime part of the key?"
        case .held: "How long does 5m really last?"
        }
    }

    /// What it comes to if every call writes all it sends.
    ///
    /// - Parameter base: the tokens of the shortest prompt that is used.
    func worstCase(base: Int) -> (calls: Int, usage: Usage) {
        switch self {
        // Twice the documented minimum is as long as a search usually gets.
        case .minimum: (ProbeSchedule.mostSizes, Usage(write5m: ProbeSchedule.mostSizes * base * 2))
        case .readable:
            (
                ProbeSchedule.rounds * ProbeSchedule.looks.count,
                Usage(write5m: ProbeSchedule.rounds * ProbeSchedule.looks.count * base)
            )
        case .zero, .read: (3, Usage(write5m: 3 * base, output: 3))
        case .hour: (2, Usage(write1h: 2 * base))
        case .hourOnTop: (3, Usage(write5m: base, write1h: 2 * (base + ProbeSchedule.extensionTokens)))
        case .lifetimeInKey: (3, Usage(write5m: 2 * base, write1h: base))
        case .held: (2 * ProbeSchedule.ages.count, Usage(write5m: 2 * ProbeSchedule.ages.count * base))
        }
    }
}

extension Collection<ProbeQuestion> {
    /// The most that answering them costs at a model's prices, if every call writes.
    public func worstCase(_ price: ModelPrice) -> USD {
        let minimum = CacheRules(for: ModelID("claude-\(price.family)")).minimumTokens
        let base = ProbeSchedule.reserved(ProbeSchedule.baseTokens(minimum))
        // The first prompt, by which all others are sized, is reserved by its bytes.
        let calibration = Usage(write5m: base * 6, output: 1)
        let usage = reduce(calibration) { $0 + $1.worstCase(base: base).usage }
        return price.cost(of: usage).total
    }

    /// The most calls.
    var worstCalls: Int { reduce(1) { $0 + $1.worstCase(base: 0).calls } }
}
