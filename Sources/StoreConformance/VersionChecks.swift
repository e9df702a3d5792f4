import PromptCache
public import PromptInspection
import WarmingPolicies

extension StoreConformance {
    /// One sentence about where versions are kept. Each check wants a store of its own.
    public struct VersionCheck: Sendable, CustomStringConvertible {
        /// Opens a check's store; every call after the first opens the same one, as another process does.
        public typealias Open = @Sendable () async throws -> any PromptVersions
        public let description: String
        /// Throws ``Failure``, or what opening a store throws.
        public let run: @Sendable (_ open: Open) async throws -> Void
    }

    /// Everything that must be true of versions.
    public static let versionChecks: [VersionCheck] = [
        VersionCheck(description: "Versions count by name; what the cache sees as the same is the same one") { open in
            let store = try await open()
            try expectEqual(try await store.record("support", request("One"), at: noon).version.number, 1, "the first")
            let second = try await store.record("support", request("Two"), at: noon)
            try expect(second.version.number == 2 && second.isNew, "another text is another version")
            let again = try await store.record("support", request("One", maxTokens: 50), at: noon)
            try expect(again.version.number == 1 && !again.isNew, "max_tokens makes no version")
            try expectEqual(try await store.record("sales", request("One"), at: noon).version.number, 1, "another name")
            try expectEqual(
                try await store.list(nil).map(\.version.reference), ["sales@1", "support@1", "support@2"], "all")
            try expectEqual(try await store.list("support").count, 2, "of one name")
        },
        VersionCheck(description: "Versions are found byte for byte, also by another process") { open in
            let first = try await open()
            let two = try request(#"Two \\ 'quotes' größer \u0000"#)
            _ = try await first.record("support", request("One"), at: noon)
            _ = try await first.record("support", two, at: noon)
            let second = try await open()
            func find(_ text: String) async throws -> RecordedVersion? {
                guard let reference = VersionReference(text) else { return nil }
                return try await second.find(reference)
            }
            try expectEqual(try await find("support")?.version.request.bytes, two.bytes, "the newest")
            try expectEqual(try await find("support@1")?.version.number, 1, "an older one")
            try expectEqual(try await find("support")?.at, noon, "when it was recorded")
            try expect(try await find("support@3") == nil, "one that is not there")
            try expect(try await find("other") == nil, "a name that is not there")
        },
        VersionCheck(description: "Versions are current in environments, each on its own") { open in
            let store = try await open()
            let one = try await store.record("support", request("One"), at: noon).version
            let two = try await store.record("support", request("Two"), at: noon).version
            try expect(try await store.current("support", in: "prod") == nil, "none is current at first")
            try await store.switchTo(one, in: "prod", at: noon)
            try await store.switchTo(two, in: "staging", at: noon)
            try expectEqual(try await store.current("support", in: "prod")?.number, 1, "in prod")
            try expectEqual(try await store.current("support", in: "staging")?.number, 2, "in staging")
            try await store.switchTo(two, in: "prod", at: noon)
            try expectEqual(try await store.list(nil).map(\.currentIn), [[], ["prod", "staging"]], "after a switch")
        },
        VersionCheck(description: "Many record the same at once, and it becomes one version") { open in
            let stores = [try await open(), try await open()]
            let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
                for task in 0..<10 {
                    group.addTask {
                        try await stores[task % 2].record("support", request("Text \(task / 5)"), at: noon)
                            .version.number
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            try expectEqual(numbers, [1, 2], "numbers")
        },
    ]

    private static func request(_ text: String, maxTokens: Int = 9) throws -> MessagesRequest {
        try MessagesRequest(
            Array(
                """
                {"model":"claude-sonnet-5-5","max_tokens":\(maxTokens),"system":[{"type":"text","text":"\(text)",\
                "cache_control":{"type":"ephemeral"}}],"messages":[]}
                """.utf8))
    }
}
