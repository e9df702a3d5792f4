import PromptCacheWarmer
import StoreConformance
import Testing

@Suite("Leases in memory keep the word of the protocol")
struct LeaseConformanceTests {
    @Test(arguments: StoreConformance.leaseChecks)
    func leases(_ check: StoreConformance.LeaseCheck) async throws {
        try await check.run { clock in InMemoryPingLease { clock.now } }
    }
}
