package import Logging
import Metrics
import Synchronization

/// Rows on their way to a store's disk: taken in at once, written in batches, in order.
///
/// Bounded: what comes while it is full is dropped, loudly. A batch that could not be written stays and is tried again with
/// the next row. Either way ``obstacle`` says so until all is written, and pings stop meanwhile.
package final class RowQueue: Sendable {
    /// Gets a batch, and how many rows were written before it: a batch that is tried again begins where it began.
    package typealias Write = @Sendable (_ rows: [LedgerRow], _ before: Int) async throws(LedgerError) -> Void

    private struct State {
        var rows: [LedgerRow] = []
        /// Rows of the batch that is being written.
        var underWay = 0
        var written = 0
        var drain: Task<Void, Never>?
        var dropped = 0
        var fault: LedgerError?
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let write: Write
    private let logger: Logger

    /// Enough that a transaction costs little a row, and few enough that a turn at the write lock is short.
    package static let batch = 2_000

    package init(capacity: Int, logger: Logger, write: @escaping Write) {
        self.capacity = max(1, capacity)
        self.logger = logger
        self.write = write
    }

    package var obstacle: String? {
        state.withLock { state in
            if let fault = state.fault { return fault.reason }
            return state.dropped == 0
                ? nil : "the disk does not keep up, and \(state.dropped) rows of the ledger were dropped"
        }
    }

    package func add(_ row: LedgerRow) {
        let isDropped = state.withLock { state in
            if state.rows.count + state.underWay >= capacity {
                state.dropped += 1
                startDrain(&state)
                return true
            }
            state.rows.append(row)
            startDrain(&state)
            return false
        }
        guard isDropped else { return }
        Counter(label: "prompt_cache_warmer_ledger_dropped_rows_total").increment()
        complain("a row was dropped since the disk does not keep up; pings stop until it does")
    }

    /// Waits until nothing is left to write.
    package func flush() async throws(LedgerError) {
        while let drain = state.withLock({ state in
            if !state.rows.isEmpty { startDrain(&state) }
            return state.drain
        }) {
            await drain.value
            if let fault = state.withLock(\.fault) { throw fault }
        }
    }

    package func complain(_ text: String) {
        logger.error("\(text)")
    }

    private func startDrain(_ state: inout State) {
        guard state.drain == nil else { return }
        state.drain = Task { [self] in await drain() }
    }

    private func drain() async {
        while let batch = take() {
            do throws(LedgerError) {
                try await write(batch.rows, batch.before)
                written()
            } catch {
                failed(batch.rows, error)
                return
            }
        }
    }

    private func take() -> (rows: [LedgerRow], before: Int)? {
        state.withLock { state in
            if state.rows.isEmpty {
                state.drain = nil
                return nil
            }
            let batch = Array(state.rows.prefix(Self.batch))
            state.rows.removeFirst(batch.count)
            state.underWay = batch.count
            return (batch, state.written)
        }
    }

    private func written() {
        let (waiting, isWellAgain) = state.withLock { state in
            state.written += state.underWay
            state.underWay = 0
            let wasIll = state.fault != nil || state.dropped > 0
            state.fault = nil
            if state.rows.isEmpty { state.dropped = 0 }
            return (state.rows.count, wasIll && state.dropped == 0)
        }
        Gauge(label: "prompt_cache_warmer_ledger_waiting_rows").record(waiting)
        if isWellAgain { logger.notice("the ledger is written again") }
    }

    private func failed(_ batch: [LedgerRow], _ error: LedgerError) {
        let isNew = state.withLock { state in
            state.rows.insert(contentsOf: batch, at: 0)
            state.underWay = 0
            state.drain = nil
            defer { state.fault = error }
            return state.fault == nil
        }
        Counter(label: "prompt_cache_warmer_ledger_failures_total").increment()
        if isNew { complain("rows wait to be written and pings stop: \(error.reason)") }
    }
}
