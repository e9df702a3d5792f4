import PostgresWarmStore
import PromptCacheWarmer

/// 50,000 arrivals a second at 100,000 scopes of one replica, told to the fleet and written down nowhere else.
enum Touches {
    private static let rate = 50_000
    private static let seconds = 10

    static func measure(_ server: Server, _ report: inout Report) async throws {
        let url = try await server.database()
        let store = try await server.store(url)
        let crowd = try await Crowd(fleet: Fleet(store, workspace: "benchmark"))
        // All prefixes are known once it has gone on for a while.
        for _ in 0..<4 {
            crowd.arrive(Crowd.scopes)
            try await Task.sleep(for: .seconds(2))
        }
        try await crowd.settle(4 * Crowd.scopes)
        let written = "SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relname = 'prefix'"
        let beats = "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'replica'"
        let (before, beatsBefore) = (try await server.query(written, url), try await server.query(beats, url))
        let ticks = seconds * 50
        var lag = 0.0
        let (work, time) = try await server.work {
            let start = ContinuousClock.now
            for tick in 0..<ticks {
                crowd.arrive(rate / 50)
                if tick % 50 == 49 {
                    lag = max(lag, try await store.replicas().map { $0.lag / .seconds(1) }.max() ?? 0)
                }
                try await Task.sleep(until: start + .milliseconds(20 * (tick + 1)), clock: .continuous)
            }
            try await crowd.settle(4 * Crowd.scopes + rate * seconds)
        }
        // The last beat, and the server's own count, come a bit later.
        try await Task.sleep(for: .seconds(3))
        let arrivals = Double(rate * seconds)
        report.tell("arrivals at \(Crowd.scopes) scopes, \(rate) wanted", arrivals / time, "a second")
        report.atLeast(Double(rate), "  for which one processor is enough", arrivals / work.sum, "a second")
        report.atMost(2, "  told to the fleet late by at most", lag, "s")
        let told = try await server.query(written, url) - before
        report.tell("  touches written for each arrival", told / arrivals, "")
        report.atMost(1.1, "  writes", (try await server.query(beats, url) - beatsBefore) / time, "a second")
        report.tell("  of the server for each arrival", work.server / arrivals * 1e6, "µs")
        report.tell("  of the replica for each arrival", work.own / arrivals * 1e6, "µs")
        let table = "prompt_cache_warmer.prefix"
        let size = try await server.query("SELECT pg_total_relation_size('\(table)') / count(*) FROM \(table)", url)
        report.tell("  a prefix with its index on disk", size, "bytes")
        await crowd.warmer.stop()
        try await store.close()
    }
}
