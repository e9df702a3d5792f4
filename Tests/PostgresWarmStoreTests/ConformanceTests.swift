import PostgresWarmStore
import PromptCacheWarmer
import StoreConformance
import TestPostgres
import Testing

@Suite("The PostgreSQL store keeps the word of the protocols")
struct ConformanceTests {
    @Test("As a spend gate", arguments: StoreConformance.gateChecks)
    func gate(_ check: StoreConformance.GateCheck) async throws {
        try await check.run { budget in try await newStore(budget: budget) }
    }

    @Test("As a ledger", arguments: StoreConformance.ledgerChecks)
    func ledger(_ check: StoreConformance.LedgerCheck) async throws {
        try await check.run { now in try await newStore(now: now) }
    }

    @Test("As a store of experience", arguments: StoreConformance.experienceChecks)
    func experience(_ check: StoreConformance.ExperienceCheck) async throws {
        try await check.run { try await newStore() }
    }

    @Test("For versions of prompts", arguments: StoreConformance.versionChecks)
    func versions(_ check: StoreConformance.VersionCheck) async throws {
        let url = try await PostgresFixture.shared().database()
        try await check.run { try await newStore(url) }
    }

    @Test("For leases", arguments: StoreConformance.leaseChecks)
    func leases(_ check: StoreConformance.LeaseCheck) async throws {
        let url = try await PostgresFixture.shared().database()
        try await check.run { clock in
            try await PostgresWarmStore.open(
                url, budget: .standard, connections: 2, now: { clock.now }, logger: .silent)
        }
    }
}
