import Testing

@testable import WarmerService

@Suite("Realms")
struct RealmsTests {
    @Test("forget credentials that are not used any more, and keep those in use and those of one workspace")
    func forgotten() {
        var realms = Realms(most: 10)
        let used = realms.realm(of: "used")
        realms.learn("workspace", endpoint: "e", digest: "of the workspace")
        let shared = realms.realm(of: "of the workspace")
        let first = realms.realm(of: "0")
        for number in 0..<100 {
            _ = realms.realm(of: "\(number)")
            #expect(realms.realm(of: "used") == used)
        }
        #expect(realms.realm(of: "0") != first)
        realms.learn("workspace", endpoint: "e", digest: "another of the workspace")
        #expect(realms.realm(of: "another of the workspace") == shared)
        #expect(Set([used, shared, first]).count == 3)
    }
}
