public import CachePrices
public import PromptCache

/// Looks through a request for what will keep it from being cached.
public struct PromptLint: Sendable {
    /// What was found, in the order of the body.
    public let findings: [Finding]

    /// - Parameters:
    ///   - request: the request.
    ///   - rules: the rules of its model.
    ///   - price: what its tokens cost; nil leaves findings without a price.
    public init(_ request: MessagesRequest, rules: CacheRules? = nil, price: ModelPrice? = nil) {
        let subject = LintSubject(request, rules: rules ?? CacheRules(for: request.model), price: price)
        let found =
            MarkerRules.check(subject) + VolatileRules.check(subject) + LengthRules.check(subject)
            + SendingRules.check(subject)
        findings = found.sorted { ($0.offset, $0.rule.rawValue) < ($1.offset, $1.rule.rawValue) }
    }
}

/// A request with everything that rules ask about it.
struct LintSubject {
    let request: MessagesRequest
    let rules: CacheRules
    let price: ModelPrice?
    let breakpoints: [Breakpoint]
    /// The estimated tokens up to and including each block.
    let tokens: [Int]

    init(_ request: MessagesRequest, rules: CacheRules, price: ModelPrice?) {
        self.request = request
        self.rules = rules
        self.price = price
        breakpoints = request.breakpoints
        var size = PromptSize()
        size.add(settingsOf: request)
        var tokens: [Int] = []
        tokens.reserveCapacity(request.blocks.count)
        for index in request.blocks.indices {
            size.add(blockAt: index, of: request)
            tokens.append(size.estimatedTokens)
        }
        self.tokens = tokens
    }

    /// The tokens of the longest prefix that would be cached.
    var cachedTokens: Int { breakpoints.last.map { tokens[$0.block] } ?? 0 }

    func finding(
        _ rule: LintRule, _ severity: Finding.Severity, path: String = "", at offset: Int = 0, _ message: String,
        fix: String, rewrites tokens: Int = 0, lifetime: Lifetime? = nil
    ) -> Finding {
        Finding(
            rule: rule, severity: severity, path: path, offset: offset, message: message, fix: fix, tokens: tokens,
            price: tokens == 0 ? nil : price.map { extra($0.prices(promptTokens: tokens), tokens, lifetime) })
    }

    /// What paying anew costs more than a read: a write where there is a lifetime, else plain input.
    private func extra(_ prices: TokenPrices, _ tokens: Int, _ lifetime: Lifetime?) -> USD {
        ((lifetime.map(prices.write) ?? prices.input) - prices.read) * tokens
    }
}
