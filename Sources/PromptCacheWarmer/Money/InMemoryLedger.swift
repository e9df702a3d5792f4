public import CachePrices
import PromptCache
import Synchronization
public import WarmingPolicies

/// A ledger that forgets with the process: good for one process that lives long, and for tests.
public final class InMemoryLedger: Ledger {
    private struct State {
        var rows: [LedgerRow] = []
        var totals: [HourTotals.Key: LedgerTotals] = [:]
        var proof: SavingsProof
        var forgottenAt: Moment?
    }

    private let state: Mutex<State>
    private let keptRows: Int
    private let now: @Sendable () -> Moment

    /// - Parameters:
    ///   - prices: what savings are counted by.
    ///   - keptRows: how many raw rows are kept; the oldest go first.
    ///   - now: the time of day.
    public init(
        prices: PriceList = .builtIn, keptRows: Int = 100_000,
        now: @escaping @Sendable () -> Moment = { SystemClock.wall }
    ) {
        self.now = now
        state = Mutex(State(proof: SavingsProof(prices: prices)))
        self.keptRows = max(1, keptRows)
    }

    public var obstacle: String? { nil }

    public func record(_ row: LedgerRow) {
        let row = row.noLater(than: now())
        state.withLock { state in
            state.rows.append(row)
            // In halves, so that dropping costs nothing in the long run.
            if state.rows.count > 2 * keptRows { state.rows.removeFirst(state.rows.count - keptRows) }
            let saved = state.proof.add(row)
            let premium = state.proof.premium(of: row)
            state.totals[HourTotals.Key(of: row), default: LedgerTotals()].add(row, saved: saved, premium: premium)
            let hour = HourTotals.Key.hour(of: row.at)
            if state.forgottenAt.map({ $0 < hour }) ?? true {
                state.forgottenAt = hour
                state.proof.forget(before: hour)
            }
        }
    }

    public func flush() async throws(LedgerError) {}

    public func rows(from start: Moment, to end: Moment) async throws(LedgerError) -> [LedgerRow] {
        state.withLock { state in
            state.rows.suffix(keptRows).filter { $0.at >= start && $0.at < end }.sorted { $0.at < $1.at }
        }
    }

    public func totals(from start: Moment, to end: Moment) async throws(LedgerError) -> [HourTotals] {
        state.withLock(\.totals).filter { $0.key.hour >= start && $0.key.hour < end }
            .map { HourTotals($0.key, $0.value) }.sorted { $0.key < $1.key }
    }
}

extension HourTotals.Key: Comparable {
    public static func < (a: HourTotals.Key, b: HourTotals.Key) -> Bool {
        (a.hour, a.scope, a.upstream, a.model.name) < (b.hour, b.scope, b.upstream, b.model.name)
    }
}
