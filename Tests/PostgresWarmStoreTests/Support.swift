import CachePrices
import Foundation
import Logging
import PostgresWarmStore
import PromptCache
import PromptCacheWarmer
import TestPostgres
import WarmingPolicies

extension Logger {
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}

extension Moment {
    /// 2026-06-15 12:00 UTC.
    static let noon = Moment(secondsSince1970: 1_781_524_800)
}

/// A store in an empty database, or in one that is there.
func newStore(
    _ url: String? = nil, budget: Budget = .perDay(.usd("1.00")),
    retention: Duration = PostgresWarmStore.defaultRetention, now: (@Sendable () -> Moment)? = nil
) async throws -> PostgresWarmStore {
    let place = if let url { url } else { try await PostgresFixture.shared().database() }
    return try await PostgresWarmStore.open(
        place, budget: budget, retention: retention, connections: 2, now: now, logger: .silent)
}

/// The error that opening a store throws.
func faultOfOpening(_ url: String) async -> LedgerError? {
    do {
        _ = try await PostgresWarmStore.open(url, budget: .standard, logger: .silent)
        return nil
    } catch {
        return error
    }
}

func arrival(_ second: Int, scope: String = "a") -> LedgerRow {
    LedgerRow(
        .arrival, at: .noon + .seconds(second), scope: scope, upstream: "u", model: ModelID("m"),
        lifetime: .fiveMinutes, usage: Usage(read: 1))
}

extension SpendGate {
    func isGranted(_ amount: StaticString, scope: String = "a") async -> Reservation? {
        guard
            case .granted(let reservation) = await reserve(
                SpendRequest(scope: scope, worstCase: .usd(amount), wall: .noon))
        else { return nil }
        return reservation
    }
}
