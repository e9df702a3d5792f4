public import CachePrices
public import PromptCache

/// Where two requests part for the cache, and which prefixes of the first one the second one still reads.
public struct PromptDiff: Sendable {
    /// What parts them; where nothing does that counts, the first thing that differs all the same. Nil if the bytes are
    /// the same.
    public let firstDifference: Difference?
    /// What differs in the bytes and does not count.
    public let unseen: [Difference]
    /// Prefixes of A that B reads once A has written them.
    public let surviving: [Prefix]
    /// Prefixes of A that B does not read.
    public let lost: [Prefix]
    /// How many tokens that A has cached B must write again, estimated from bytes.
    public let rewrittenTokens: Int

    /// Whether the cache sees no difference up to the last breakpoint of either, and every prefix survives.
    public let isSame: Bool

    /// Compares two requests that are sent to one place.
    ///
    /// A prefix of A survives if B is the same up to its end and has a breakpoint there or at most `rules.lookback`
    /// positions later, counting both ends: that far a read looks back.
    ///
    /// - Parameters:
    ///   - a: the request that was sent before.
    ///   - b: the request that is to read what it wrote.
    ///   - context: where both are sent.
    public init(_ a: MessagesRequest, _ b: MessagesRequest, context: RequestContext = RequestContext()) {
        let everywhere = (a.prefixesOfAllBlocks(in: context), b.prefixesOfAllBlocks(in: context))
        let shared = zip(everywhere.0, everywhere.1).prefix { $0.key == $1.key }.count
        let own = a.prefixes(in: context)
        let reads = Reads(of: b)
        surviving = own.filter { $0.breakpoint.block < shared && reads.reach($0.breakpoint.block) }
        lost = own.filter { !($0.breakpoint.block < shared && reads.reach($0.breakpoint.block)) }

        // Behind the last breakpoint nothing is cached; without any, the whole prompt is compared.
        let ends = [a.breakpoints.last?.block, b.breakpoints.last?.block].compactMap(\.self)
        let end = ends.max() ?? max(a.blocks.count, b.blocks.count) - 1
        let differs = end >= shared || end < 0 && a.model != b.model
        var first = RequestWalk(a: a, b: b).firstDifference()
        first?.counts = differs
        let hidden = UnseenDifferences(a: a, b: b).all(before: first?.offsetA)
        unseen = hidden
        isSame = !differs && lost.isEmpty
        if differs {
            firstDifference = first
        } else if !lost.isEmpty, var marker = hidden.first(where: { $0.kind == .markerOnly }) {
            marker.counts = true
            firstDifference = marker
        } else {
            firstDifference = hidden.first ?? first
        }

        // Estimated in each on its own, since white space counts in an estimate; the smaller is surely in both.
        let kept = surviving.last?.breakpoint.block
        func behind(_ sizes: [Prefix], _ last: Int?) -> Int {
            guard let last else { return 0 }
            return sizes[last].size.estimatedTokens - (kept.map { sizes[$0].size.estimatedTokens } ?? 0)
        }
        let again = min(
            behind(everywhere.0, a.breakpoints.last?.block), behind(everywhere.1, b.breakpoints.last?.block))
        rewrittenTokens = lost.isEmpty ? 0 : max(0, again)
    }

    /// What each request like B pays more than one that reads what A wrote.
    ///
    /// - Parameters:
    ///   - price: the price of B's model.
    ///   - lifetime: what B writes for.
    public func extraCost(at price: ModelPrice, lifetime: Lifetime) -> USD {
        let prices = price.prices(promptTokens: rewrittenTokens)
        return (prices.write(lifetime) - prices.read) * rewrittenTokens
    }
}

/// Which blocks a request's reads can reach.
private struct Reads {
    private let positions: [Int]
    private let breakpoints: [Int]
    private let lookback: Int

    init(of request: MessagesRequest) {
        positions = request.lookbackPositions
        breakpoints = request.breakpoints.map(\.block)
        lookback = CacheRules(for: request.model).lookback
    }

    func reach(_ block: Int) -> Bool {
        breakpoints.contains { $0 >= block && positions[$0] - positions[block] < lookback }
    }
}
