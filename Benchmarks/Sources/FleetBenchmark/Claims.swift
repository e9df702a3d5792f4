import CachePrices
import Figures
import Logging
import PostgresWarmStore
import PromptCacheWarmer

/// Claims of distinct prefixes by eight connections at once, each committed to the disk before it is answered; every second
/// the pings are told to be over, as replicas do.
struct Claims {
    static let seconds = 15.0
    static let replicas = 8

    let url: String

    func run() async throws {
        let end = ContinuousClock.now + .seconds(Self.seconds)
        let counts = try await withThrowingTaskGroup(of: (claims: Int, slowest: Duration).self) { group in
            for number in 0..<Self.replicas {
                let store = try await PostgresWarmStore.open(
                    url, budget: .standard, connections: 2, logger: .silent)
                group.addTask { try await Self.claim(store, "replica \(number)", until: end) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let all = counts.reduce(0) { $0 + $1.claims }
        let slowest = (counts.map(\.slowest).max() ?? .zero) / .milliseconds(1)
        print(
            "\(all) claims, \(text(Double(all) / Self.seconds, 0)) a second by \(Self.replicas) replicas; "
                + "the slowest took \(text(slowest, 0)) ms")
    }

    private static func claim(
        _ store: PostgresWarmStore, _ replica: String, until end: ContinuousClock.Instant
    ) async throws -> (claims: Int, slowest: Duration) {
        var (count, slowest) = (0, Duration.zero)
        var over: [FleetBeat.Ping] = []
        var beatAt = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < end {
            let start = ContinuousClock.now
            let answer = try await store.claim(
                PingClaim(key: "\(replica):\(count)", replica: replica, lifetime: .seconds(300), age: .seconds(290)))
            slowest = max(slowest, ContinuousClock.now - start)
            count += 1
            if case .granted(let lease) = answer {
                over.append(.init(key: lease.key, generation: lease.generation, age: .zero, verdict: .hit))
            }
            if ContinuousClock.now >= beatAt {
                _ = try await store.beat(
                    FleetBeat(replica: replica, wall: SystemClock().now.wall, pings: over))
                over = []
                beatAt += .seconds(1)
            }
        }
        return (count, slowest)
    }
}

/// Reservations and settlements by eight replicas at once, each on the disk before it is answered.
struct Reservations {
    let url: String

    func run() async throws {
        let end = ContinuousClock.now + .seconds(Claims.seconds)
        let wall = SystemClock().now.wall
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<Claims.replicas {
                let store = try await PostgresWarmStore.open(
                    url, budget: .perDay(.usd("1000000")), connections: 2, logger: .silent)
                group.addTask {
                    var count = 0
                    while ContinuousClock.now < end {
                        let wish = SpendRequest(scope: "\(number)", worstCase: .usd("0.01"), wall: wall)
                        guard case .granted(let reservation) = await store.reserve(wish) else { continue }
                        await store.settle(reservation, at: .usd("0.001"))
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        print("\(count) reservations settled, \(text(Double(count) / Claims.seconds, 0)) a second")
    }
}

extension Logger {
    static let silent = Logger(label: "fleet", factory: { _ in SwiftLogNoOpLogHandler() })
}
