import Synchronization

/// Hands every tick to every listener. A listener that does not keep up loses its oldest ticks, and holds nobody up.
final class TickBroadcast: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Tick>.Continuation] = [:]
        var nextID = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// How many ticks wait for a slow listener.
    private static let capacity = 1024

    func listen() -> AsyncStream<Tick> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Tick.self, bufferingPolicy: .bufferingNewest(Self.capacity))
        let id: Int? = state.withLock { state in
            if state.isFinished { return nil }
            state.nextID += 1
            state.listeners[state.nextID] = continuation
            return state.nextID
        }
        if let id {
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
            }
        } else {
            continuation.finish()
        }
        return stream
    }

    func send(_ tick: Tick) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(tick) }
    }

    func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
