import PromptCacheWarmer
import WarmingPolicies

/// Keeps what pages show of the ledger: hours that are over are read once, and the last ones again now and then.
actor LedgerReader {
    /// What is known at present.
    struct Reading: Sendable {
        var fold: LedgerFold
        /// Why it is not all.
        var fault: String?
    }

    private let ledger: (any Ledger)?
    private let clock: any WarmClock
    private var closed: LedgerFold
    private var closedUntil: Moment
    private var last: Reading?
    private var isFresh = false
    private var reading: Task<Reading, Never>?

    /// How far back it looks at the start.
    static let span = Duration.seconds(7 * 86_400)
    /// Rows may come in later than what they tell of.
    private static let settling = Duration.seconds(2 * 3600)
    private static let hour = Duration.seconds(3600)
    private static let shortestPause = Duration.seconds(5)
    /// Reading may take this share of the time, however large the ledger is.
    private static let share = 50

    /// - Parameter ledger: nil where none is kept.
    init(_ ledger: (any Ledger)?, clock: any WarmClock) {
        self.ledger = ledger
        self.clock = clock
        let start = HourTotals.Key.hour(of: clock.now.wall - Self.span)
        closed = LedgerFold(since: start)
        closedUntil = start
    }

    /// - Returns: nil where no ledger is kept.
    func read() async -> Reading? {
        guard let ledger else { return nil }
        if let last, isFresh { return last }
        if let reading { return await reading.value }
        let task = Task { await readAgain(ledger) }
        reading = task
        defer { reading = nil }
        return await task.value
    }

    private func readAgain(_ ledger: any Ledger) async -> Reading {
        let watch = ContinuousClock()
        let began = watch.now
        let now = clock.now.wall
        var result = Reading(fold: closed)
        do throws(LedgerError) {
            let open = HourTotals.Key.hour(of: now - Self.settling)
            while closedUntil < open {
                closed.add(try await ledger.totals(from: closedUntil, to: closedUntil + Self.hour))
                closedUntil = closedUntil + Self.hour
            }
            result.fold = closed
            result.fold.add(try await ledger.totals(from: open, to: now + Self.hour))
        } catch {
            result.fault = error.reason
        }
        last = result
        isFresh = true
        let pause = max(Self.shortestPause, (watch.now - began) * Self.share)
        Task {
            try? await Task.sleep(for: pause)
            isFresh = false
        }
        return result
    }
}
