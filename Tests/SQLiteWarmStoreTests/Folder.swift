import CachePrices
import Foundation
import Logging
import PromptCacheWarmer
import SQLiteWarmStore
import WarmingPolicies

/// A folder of a test's own, which goes with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "ledger-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "ledger.sqlite") -> String { "\(path)/\(name)" }

    func store(
        _ name: String = "ledger.sqlite", budget: Budget = .perDay(.usd("1.00")),
        retention: Duration = SQLiteWarmStore.defaultRetention,
        now: @escaping @Sendable () -> Moment = { .distantFuture }
    ) async throws -> SQLiteWarmStore {
        try await SQLiteWarmStore.open(file(name), budget: budget, retention: retention, now: now, logger: .silent)
    }
}

extension Logger {
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}

/// The error that opening a file throws.
func faultOfOpening(_ path: String, mustExist: Bool = false) async -> LedgerError? {
    do {
        _ = try await SQLiteWarmStore.open(path, budget: .standard, mustExist: mustExist, logger: .silent)
        return nil
    } catch {
        return error
    }
}
