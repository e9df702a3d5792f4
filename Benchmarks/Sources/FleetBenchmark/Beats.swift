import PostgresWarmStore
import PromptCacheWarmer

/// Small beats of many replicas: what each costs besides what it tells.
enum Beats {
    private static let replicas = 1_000
    private static let touches = 100

    static func measure(_ server: Server, _ report: inout Report) async throws {
        let store = try await server.store()
        func round() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for first in 0..<4 {
                    group.addTask {
                        for number in stride(from: first, to: replicas, by: 4) {
                            let told = (0..<touches).map { place in
                                FleetBeat.Touch(key: "0123456789abcdef:\(number)-\(place)-of-its-own", age: .zero)
                            }
                            _ = try await store.beat(
                                FleetBeat(
                                    replica: "replica \(number)", wall: SystemClock().now.wall, lag: .zero,
                                    touches: told))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        // All prefixes and replicas are known once it has gone on for a while.
        try await round()
        let (work, seconds) = try await server.work(round)
        report.tell("beats of \(touches) arrivals each", Double(replicas) / seconds, "a second")
        report.tell("  of the server for each", work.server / Double(replicas) * 1e6, "µs")
        report.tell("  of the replica for each", work.own / Double(replicas) * 1e6, "µs")
        try await store.close()
    }
}
