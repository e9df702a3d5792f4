public import Logging
public import PromptCacheWarmer

extension WarmerConfiguration {
    /// Opens the ledger that the configuration names, or makes it.
    ///
    /// - Parameter clock: the daemon's, by which rows are dated.
    /// - Returns: nil if it names none.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if it cannot be opened; then nothing should be spent.
    public func openStore(clock: any WarmClock, logger: Logger) async throws(LedgerError) -> (any WarmStore)? {
        guard let store else { return nil }
        return try await store.openLedger(budget: budget, prices: prices, clock: clock, logger: logger)
    }
}
