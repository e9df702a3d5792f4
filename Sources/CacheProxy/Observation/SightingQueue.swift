import NIOCore
import Synchronization

/// Sightings on their way from event loops to the one who makes sense of them. Bounded.
///
/// Not an `AsyncStream`: that one changes threads for each element, which costs more than looking at it.
final class SightingQueue: Sendable {
    private struct State {
        var waiting: CircularBuffer<Sighting> = []
        var listener: UnsafeContinuation<Sighting?, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())
    private static let capacity = 65_536

    /// - Returns: false if nobody will ever see it.
    func put(_ sighting: Sighting) -> Bool {
        let (isTaken, listener) = state.withLock { state -> (Bool, UnsafeContinuation<Sighting?, Never>?) in
            if state.isFinished { return (false, nil) }
            if let listener = state.listener.take() { return (true, listener) }
            guard state.waiting.count < Self.capacity else { return (false, nil) }
            state.waiting.append(sighting)
            return (true, nil)
        }
        listener?.resume(returning: sighting)
        return isTaken
    }

    /// The next one; nil once all have been taken and no more will come. One listener at a time.
    ///
    /// A continuation is resumed on its task's executor, even where it belongs to an actor with one of its own: without
    /// a preference that is the default executor, from where the listener would first have to change threads.
    func next(
        wakingOn executor: (any TaskExecutor)?, isolation: isolated (any Actor)? = #isolation
    ) async -> Sighting? {
        if let first = state.withLock({ $0.waiting.popFirst() }) { return first }
        return await withTaskExecutorPreference(executor) {
            await withUnsafeContinuation { listener in
                let first = state.withLock { state -> Sighting?? in
                    if let first = state.waiting.popFirst() { return first }
                    if state.isFinished { return .some(nil) }
                    state.listener = listener
                    return nil
                }
                if let first { listener.resume(returning: first) }
            }
        }
    }

    func finish() {
        let listener = state.withLock { state in
            state.isFinished = true
            return state.listener.take()
        }
        listener?.resume(returning: nil)
    }
}
