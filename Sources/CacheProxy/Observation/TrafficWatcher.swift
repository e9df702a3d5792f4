import NIOCore
import NIOHTTP1
import Synchronization
public import WarmingPolicies

/// Sees what goes through a proxy, and tells of it off the event loops.
///
/// It never holds anything up: whoever listens too slowly misses sightings, which are counted. Only the gate holds a
/// request, until it is admitted or its time is up.
public final class TrafficWatcher: Sendable {
    private let queue = SightingQueue()
    private let now: @Sendable () -> Moment
    private let beforeTelling: @Sendable () -> Void
    private let whenMissed: @Sendable () -> Void
    private let gateLimit: Duration?
    private let writesNotes: Bool
    private let mostBytes: Int
    private let bytes = Atomic<Int>(0)
    private let exchanges = Atomic<UInt64>(0)
    private let missed = Atomic<Int>(0)

    /// - Parameters:
    ///   - gateLimit: how long a request to `/v1/messages` may be held until it is admitted; nil without a gate.
    ///   - writesNotes: whether responses bear the note about the cache.
    ///   - mostBytes: how much of bodies may wait to be looked at; what comes beyond is not looked at.
    ///   - now: the time.
    ///   - beforeTelling: called before each sighting is told, for a clock that must not run ahead of it.
    ///   - whenMissed: called after that if nobody will see it.
    public init(
        gateLimit: Duration? = nil, writesNotes: Bool = true, mostBytes: Int = 64 << 20,
        now: @escaping @Sendable () -> Moment, beforeTelling: @escaping @Sendable () -> Void = {},
        whenMissed: @escaping @Sendable () -> Void = {}
    ) {
        self.gateLimit = gateLimit
        self.writesNotes = writesNotes
        self.mostBytes = mostBytes
        self.now = now
        self.beforeTelling = beforeTelling
        self.whenMissed = whenMissed
    }

    /// How many requests and responses were not looked at, because too many waited.
    public var missedSightings: Int { missed.load(ordering: .relaxed) }

    /// How much of bodies waits to be looked at, or to be let go.
    package var bytesInWaiting: Int { bytes.load(ordering: .relaxed) }

    /// Ends the sightings.
    public func finish() { queue.finish() }

    /// What was seen next; nil once the sightings have ended. One listener at a time, which stays where it is.
    ///
    /// - Parameter executor: where the listener is woken, at best where it runs: the default one belongs to other threads.
    public func next(
        wakingOn executor: (any TaskExecutor)? = nil, isolation: isolated (any Actor)? = #isolation
    ) async -> Sighting? {
        await queue.next(wakingOn: executor, isolation: isolation)
    }

    /// Tells of a call that went past the proxy, in the order of what goes through it.
    public func saw(_ call: CallSighting) { tell(.call(call)) }

    // MARK: For the relay

    func watch(_ head: HTTPRequestHead, to destination: Routes.Destination) -> ExchangeWatch? {
        guard head.method == .POST, let kind = RequestSighting.Kind(target: destination.target) else { return nil }
        let request = RequestSighting(
            exchange: exchanges.wrappingAdd(1, ordering: .relaxed).newValue, kind: kind, at: now(),
            endpoint: destination.upstream.endpoint, target: destination.target, headers: head.headers, body: [],
            note: ResponseNote(), admission: nil)
        return ExchangeWatch(
            request, watcher: self, gateLimit: kind == .message ? gateLimit : nil, writesNote: writesNotes)
    }

    func moment() -> Moment { now() }

    /// Sets memory aside for a piece of a body.
    func retain(_ count: Int) -> Bool {
        if bytes.wrappingAdd(count, ordering: .relaxed).newValue <= mostBytes { return true }
        release(count)
        return false
    }

    func release(_ count: Int) { bytes.wrappingSubtract(count, ordering: .relaxed) }

    /// - Returns: false if nobody will ever see it.
    @discardableResult
    func tell(_ sighting: Sighting) -> Bool {
        beforeTelling()
        if queue.put(sighting) { return true }
        whenMissed()
        miss()
        return false
    }

    func miss() { missed.wrappingAdd(1, ordering: .relaxed) }
}

extension RequestSighting.Kind {
    init?(target: String) {
        let path = String(target[..<(target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)])
        if path.hasSuffix("/v1/messages") {
            self = .message
        } else if path.hasSuffix("/v1/messages/batches") {
            self = .batch
        } else {
            return nil
        }
    }
}
