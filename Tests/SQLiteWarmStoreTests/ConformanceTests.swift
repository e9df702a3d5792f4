import Foundation
import PromptCacheWarmer
import SQLiteWarmStore
import StoreConformance
import Testing

@Suite("The SQLite store keeps the word of the protocols")
struct ConformanceTests {
    @Test("As a spend gate", arguments: StoreConformance.gateChecks)
    func gate(_ check: StoreConformance.GateCheck) async throws {
        let folder = try Folder()
        try await check.run { budget in try await folder.store(UUID().uuidString, budget: budget) }
    }

    @Test("As a ledger", arguments: StoreConformance.ledgerChecks)
    func ledger(_ check: StoreConformance.LedgerCheck) async throws {
        let folder = try Folder()
        try await check.run { now in try await folder.store(UUID().uuidString, now: now) }
    }

    @Test("As a store of experience", arguments: StoreConformance.experienceChecks)
    func experience(_ check: StoreConformance.ExperienceCheck) async throws {
        let folder = try Folder()
        try await check.run { try await folder.store(UUID().uuidString) }
    }

    @Test("For versions of prompts", arguments: StoreConformance.versionChecks)
    func versions(_ check: StoreConformance.VersionCheck) async throws {
        let folder = try Folder()
        try await check.run { try await VersionStore.open(folder.file("versions.sqlite")) }
    }
}
