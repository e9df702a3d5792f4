import CachePrices
import Foundation
import Logging
import PostgresWarmStore
import ProcessFigures
import PromptCacheWarmer
import TestPostgres
import WarmingPolicies

/// The database, and what it takes from the machine.
struct Server: Sendable {
    private let postgres: PostgresFixture
    private let process: Int

    init(_ postgres: PostgresFixture) async throws {
        self.postgres = postgres
        let line = try await postgres.run(
            "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)", in: "postgres")
        process = line.flatMap { Int($0) } ?? 0
    }

    static let silent = Logger(label: "benchmark", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Processor time of this process and of the server, in seconds.
    struct Work {
        var own: Double
        var server: Double
        var sum: Double { own + server }
    }

    /// An empty database's URL.
    func database() async throws -> String { try await postgres.database() }

    /// - Returns: a store with a database of its own, or another's.
    func store(_ url: String? = nil) async throws -> PostgresWarmStore {
        let url = if let url { url } else { try await database() }
        return try await PostgresWarmStore.open(url, budget: .perDay(.usd("1000000")), logger: Self.silent)
    }

    func query(_ sql: String, _ url: String) async throws -> Double {
        let database = url.split(separator: "/").last.map(String.init) ?? ""
        return try await postgres.run(sql, in: database).flatMap { Double($0) } ?? 0
    }

    /// What is done within a stretch of work, and how long that takes.
    func work(_ body: () async throws -> Void) async throws -> (Work, seconds: Double) {
        let (own, others) = (Figures.processorSeconds, processorSeconds)
        let time = try await ContinuousClock().measure(body)
        return (
            Work(own: Figures.processorSeconds - own, server: processorSeconds - others), time / .seconds(1)
        )
    }

    /// Of the server with all that it has started, also of what has ended.
    private var processorSeconds: Double {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var ticks = 0
        for name in names where Int(name) != nil {
            guard let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { continue }
            // After the name in brackets: state, parent, …, and times from the twelfth on.
            let parts = text[end...].split(separator: " ").dropFirst().map(String.init)
            if Int(name) == process {
                ticks += parts[11...14].compactMap { Int($0) }.reduce(0, +)
            } else if Int(parts[1]) == process {
                ticks += parts[11...12].compactMap { Int($0) }.reduce(0, +)
            }
        }
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
