import PromptCacheWarmer
import WarmingPolicies

extension StoreConformance {
    /// Everything that a store of experience must do.
    public static let experienceChecks: [ExperienceCheck] = [
        ExperienceCheck(description: "What was stored comes back byte for byte, and what was not is left out") { make in
            let store = try await make()
            let all = [UInt8](0...255)
            try await store.merge([], at: noon) { _ in ["größe 'x'": all, "empty": []] }
            try expectEqual(
                try await store.experience(["größe 'x'", "empty", "nothing"]), ["größe 'x'": all, "empty": []], "found")
            try expectEqual(try await store.experience([]), [:], "nothing asked for")
        },
        ExperienceCheck(description: "What is stored is told to whoever adds to it, and what he leaves out stays") {
            make in
            let store = try await make()
            try await store.merge([], at: noon) { _ in ["a": [1], "b": [2]] }
            let merged = try await store.merge(["a", "b", "c"], at: noon) { known in
                ["a": (known["a"] ?? []) + (known["b"] ?? []) + (known["c"] ?? [3])]
            }
            try expectEqual(merged, ["a": [1, 2, 3]], "what it says it has stored")
            try expectEqual(try await store.experience(["a", "b"]), ["a": [1, 2, 3], "b": [2]], "stored")
        },
        ExperienceCheck(description: "Many add to one value at once, and nothing is lost") { make in
            let store = try await make()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<8 as Range<UInt8> {
                    group.addTask {
                        for _ in 0..<25 {
                            _ = try? await store.merge(["sum"], at: noon) { ["sum": ($0["sum"] ?? []) + [number]] }
                        }
                    }
                }
            }
            let sum = try await store.experience(["sum"])["sum"] ?? []
            try expectEqual(sum.sorted(), (0..<8).flatMap { Array(repeating: $0, count: 25) }, "all of it")
        },
        ExperienceCheck(description: "What is written again is not forgotten") { make in
            let store = try await make()
            try await store.merge([], at: noon) { _ in ["kept": [1]] }
            for week in 1...20 {
                try await store.merge(["kept"], at: noon + .seconds(week * 7 * 86_400)) { known in
                    ["kept": known["kept"] ?? []]
                }
            }
            try expectEqual(try await store.experience(["kept"]), ["kept": [1]], "after twenty weeks")
        },
    ]
}
