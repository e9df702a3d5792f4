import PromptCacheWarmer
import StoreConformance
import Testing

@Suite("The stores in memory keep the word of the protocols")
struct InMemoryStoreTests {
    @Test("As a spend gate", arguments: StoreConformance.gateChecks)
    func gate(_ check: StoreConformance.GateCheck) async throws {
        try await check.run { budget in InMemorySpendGate(budget: budget) }
    }

    @Test("As a ledger", arguments: StoreConformance.ledgerChecks)
    func ledger(_ check: StoreConformance.LedgerCheck) async throws {
        try await check.run { now in InMemoryLedger(now: now) }
    }

    @Test("As a store of experience", arguments: StoreConformance.experienceChecks)
    func experience(_ check: StoreConformance.ExperienceCheck) async throws {
        try await check.run { InMemoryExperienceStore() }
    }
}
