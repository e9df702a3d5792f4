import Foundation
import PromptCache
import PromptCacheWarmer
import PromptInspection
import SQLiteWarmStore
import Testing
import WarmingPolicies

@Suite("Versions of prompts")
struct VersionStoreTests {
    private static let noon = Moment(secondsSince1970: 1_781_524_800)
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("are written as names with numbers and nothing else")
    func references() {
        #expect(VersionReference("support@3").map { [$0.name, "\($0.number ?? 0)"] } == ["support", "3"])
        #expect(VersionReference("größe-2.b_c")?.number == nil)
        for wrong in ["", "@1", "a@", "a@0", "a@-1", "a@1@2", "a b", "a/b", "a@x", "a,b"] {
            #expect(VersionReference(wrong) == nil, "\(wrong)")
        }
    }

    @Test("stand in a file of their own, that a ledger is no such file of")
    func kinds() async throws {
        _ = try await folder.store("ledger.sqlite")
        let fault = await #expect(throws: LedgerError.self) {
            _ = try await VersionStore.open(folder.file("ledger.sqlite"))
        }
        #expect(fault?.reason.contains("no file of versions") == true)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("ledger.sqlite"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}
