public import PromptCache

extension WarmPolicy {
    /// The same rule for entries of another lifetime, with that lifetime's usual spacing.
    public func counterpart(for other: Lifetime) -> WarmPolicy {
        switch rule {
        case .uncached: .uncached
        case _ where lifetime == other: self
        case .off: .off(other)
        case .every: WarmPolicy(.every(other.usualSpacing), other)
        case .idle(let pings, _): WarmPolicy(.idle(pings: pings, spacing: nil), other)
        case .breakEven: .breakEven(other)
        case .adaptive: self
        }
    }
}
