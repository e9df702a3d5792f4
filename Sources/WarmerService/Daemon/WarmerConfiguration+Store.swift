public import Logging
public import PromptCacheWarmer
public import SQLiteWarmStore

extension WarmerConfiguration {
    /// Opens the ledger that the configuration names, or makes it.
    ///
    /// - Parameter clock: the daemon's, by which rows are dated.
    /// - Returns: nil if it names none.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if it cannot be opened; then nothing should be spent.
    public func openStore(clock: any WarmClock, logger: Logger) async throws(LedgerError) -> SQLiteWarmStore? {
        switch store {
        case .sqlite(let path):
            try await SQLiteWarmStore.open(
                path, budget: budget, prices: prices, now: { clock.now.wall }, logger: logger)
        case nil: nil
        }
    }
}
