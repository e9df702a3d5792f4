import PostgresWarmStore
import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// Two replicas claim prefixes that are known, four at a time each, and tell once a second which pings are over.
enum Claims {
    private static let prefixes = 20_000
    private static let atOnce = 4

    static func measure(_ server: Server, _ report: inout Report) async throws {
        let url = try await server.database()
        let stores = [try await server.store(url), try await server.store(url)]
        let keys = (0..<prefixes).map { "0123456789abcdef:\(String($0, radix: 16))-claimed-by-whoever-is-due" }
        _ = try await stores[0].beat(
            FleetBeat(
                replica: "0", wall: SystemClock().now.wall,
                touches: keys.map { .init(key: $0, age: .seconds(290)) }))
        let (work, seconds) = try await server.work {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, store) in stores.enumerated() {
                    let mine = Array(keys[number * prefixes / 2..<(number + 1) * prefixes / 2])
                    group.addTask { try await ping(mine, as: "\(number)", store) }
                }
                try await group.waitForAll()
            }
        }
        report.atLeast(1_000, "claims", Double(prefixes) / seconds, "a second")
        report.tell("  of the server for each, with its end", work.server / Double(prefixes) * 1e6, "µs")
        report.tell("  of the replica for each, with its end", work.own / Double(prefixes) * 1e6, "µs")
        report.atMost(1, "  processors for 1,000 claims a second", work.sum / Double(prefixes) * 1_000, "")
        for store in stores { try await store.close() }
    }

    /// Pings that are over, and not told yet.
    private final class Over: Sendable {
        private let pings = Mutex<[FleetBeat.Ping]>([])

        func add(_ ping: FleetBeat.Ping) { pings.withLock { $0.append(ping) } }

        func take() -> [FleetBeat.Ping] {
            pings.withLock { pings in
                defer { pings = [] }
                return pings
            }
        }
    }

    private static func ping(_ keys: [String], as replica: String, _ store: PostgresWarmStore) async throws {
        let over = Over()
        let beats = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                let pings = over.take()
                _ = try await store.beat(
                    FleetBeat(replica: replica, wall: SystemClock().now.wall, pings: pings))
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<atOnce {
                group.addTask {
                    for key in stride(from: first, to: keys.count, by: atOnce).lazy.map({ keys[$0] }) {
                        let claim = PingClaim(
                            key: key, replica: replica, lifetime: .seconds(300), age: .seconds(285))
                        guard case .granted(let lease) = try await store.claim(claim) else {
                            preconditionFailure("nobody else wants it")
                        }
                        over.add(.init(key: key, generation: lease.generation, age: .zero, verdict: .hit))
                    }
                }
            }
            try await group.waitForAll()
        }
        beats.cancel()
        try await beats.value
    }
}
