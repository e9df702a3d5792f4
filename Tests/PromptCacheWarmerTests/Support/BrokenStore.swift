import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// A store that can neither be read nor written until it is well.
final class BrokenStore: ExperienceStore {
    let whole = InMemoryExperienceStore()
    private let flag = Atomic(false)

    var isWell: Bool {
        get { flag.load(ordering: .relaxed) }
        set { flag.store(newValue, ordering: .relaxed) }
    }

    func experience(_ names: [String]) async throws(LedgerError) -> [String: [UInt8]] {
        guard isWell else { throw LedgerError(.broken, "out of order") }
        return try await whole.experience(names)
    }

    func merge(
        _ names: [String], at wall: Moment, _ merged: @escaping @Sendable ([String: [UInt8]]) -> [String: [UInt8]]
    ) async throws(LedgerError) -> [String: [UInt8]] {
        guard isWell else { throw LedgerError(.broken, "out of order") }
        return try await whole.merge(names, at: wall, merged)
    }
}
