import PromptCache
public import PromptCacheWarmer
public import WarmingPolicies

/// What every engine of ``PromptCacheWarmer/SpendGate``, ``PromptCacheWarmer/Ledger`` and
/// ``PromptCacheWarmer/ExperienceStore`` must do.
///
/// ```swift
/// @Test(arguments: StoreConformance.gateChecks)
/// func keepsItsWord(_ check: StoreConformance.GateCheck) async throws {
///     try await check.run { budget in try await MyStore.open(…, budget: budget) }
/// }
///
/// @Test(arguments: StoreConformance.ledgerChecks)
/// func keepsItsWord(_ check: StoreConformance.LedgerCheck) async throws {
///     try await check.run { now in try await MyStore.open(…, now: now) }
/// }
/// ```
/// The virtual time of the checks is in 2026 and later. Each check wants stores of its own.
public enum StoreConformance {
    /// What was expected and not found.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// One sentence about spend gates.
    public struct GateCheck: Sendable, CustomStringConvertible {
        public typealias Make = @Sendable (Budget) async throws -> any SpendGate
        public let description: String
        /// Throws ``Failure``, or what making a store throws.
        public let run: @Sendable (_ make: Make) async throws -> Void
    }

    /// One sentence about ledgers.
    public struct LedgerCheck: Sendable, CustomStringConvertible {
        /// Makes a ledger whose time of day is the one given.
        public typealias Make = @Sendable (_ now: @escaping @Sendable () -> Moment) async throws -> any Ledger
        public let description: String
        /// Throws ``Failure``, or what making a store throws. Savings are counted by the built-in prices.
        public let run: @Sendable (_ make: Make) async throws -> Void
    }

    /// One sentence about stores of experience.
    public struct ExperienceCheck: Sendable, CustomStringConvertible {
        public typealias Make = @Sendable () async throws -> any ExperienceStore
        public let description: String
        /// Throws ``Failure``, or what making a store throws.
        public let run: @Sendable (_ make: Make) async throws -> Void
    }

    static func expect(_ truth: Bool, _ what: @autoclosure () -> String) throws {
        if !truth { throw Failure(description: what()) }
    }

    static func expectEqual<Value: Equatable>(_ a: Value, _ b: Value, _ what: String) throws {
        try expect(a == b, "\(what): \(a) is not \(b)")
    }
}
