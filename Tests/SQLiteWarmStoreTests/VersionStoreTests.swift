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

    private func store() async throws -> VersionStore { try await VersionStore.open(folder.file("versions.sqlite")) }

    private func request(_ text: String, maxTokens: Int = 9) throws -> MessagesRequest {
        try MessagesRequest(
            Array(
                """
                {"model":"claude-sonnet-5-5","max_tokens":\(maxTokens),"system":[{"type":"text","text":"\(text)",\
                "cache_control":{"type":"ephemeral"}}],"messages":[]}
                """.utf8))
    }

    @Test("are counted by name; what the cache sees as the same is the same version")
    func recording() async throws {
        let store = try await store()
        #expect(try await store.record("support", request("One"), at: Self.noon).version.number == 1)
        let second = try await store.record("support", request("Two"), at: Self.noon)
        #expect(second.version.number == 2 && second.isNew)
        let again = try await store.record("support", request("One", maxTokens: 50), at: Self.noon)
        #expect(again.version.number == 1 && !again.isNew)
        #expect(try await store.record("sales", request("One"), at: Self.noon).version.number == 1)
        #expect(try await store.list().map(\.version.reference) == ["sales@1", "support@1", "support@2"])
        #expect(try await store.list("support").count == 2)
    }

    @Test("are found by number or as the newest, byte for byte, also by another process")
    func finding() async throws {
        let first = try await store()
        let two = try request("Two")
        _ = try await first.record("support", request("One"), at: Self.noon)
        _ = try await first.record("support", two, at: Self.noon)
        let second = try await store()
        let newest = try #require(VersionReference("support"))
        #expect(try await second.find(newest)?.version.request.bytes == two.bytes)
        let old = try #require(VersionReference("support@1"))
        #expect(try await second.find(old)?.version.number == 1)
        #expect(try await second.find(try #require(VersionReference("support@3")))?.at == nil)
        #expect(try await second.find(try #require(VersionReference("other")))?.at == nil)
    }

    @Test("are current in environments, each on its own")
    func switching() async throws {
        let store = try await store()
        let one = try await store.record("support", request("One"), at: Self.noon).version
        let two = try await store.record("support", request("Two"), at: Self.noon).version
        #expect(try await store.current("support", in: "prod")?.number == nil)
        try await store.switchTo(one, in: "prod", at: Self.noon)
        try await store.switchTo(two, in: "staging", at: Self.noon)
        #expect(try await store.current("support", in: "prod")?.number == 1)
        #expect(try await store.current("support", in: "staging")?.number == 2)
        try await store.switchTo(two, in: "prod", at: Self.noon)
        #expect(try await store.list().map(\.currentIn) == [[], ["prod", "staging"]])
    }

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
