import PromptCache
import PromptCacheWarmer
import Testing

@Suite("Totals of the ledger")
struct LedgerTotalsTests {
    @Test("add up in every column that stores keep")
    func columns() {
        var (one, other) = (LedgerTotals(), LedgerTotals())
        for (number, column) in LedgerTotals.columns.enumerated() {
            one[keyPath: column.path] = number + 1
            other[keyPath: column.path] = 1_000 * (number + 1)
        }
        one += other
        for (number, column) in LedgerTotals.columns.enumerated() {
            #expect(one[keyPath: column.path] == 1_001 * (number + 1), "\(column.name)")
        }
    }
}
