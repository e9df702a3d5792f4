import Synchronization
public import WarmingPolicies

/// A store of experience that forgets with the process: for several warmers of one process, and for tests.
public final class InMemoryExperienceStore: ExperienceStore {
    private let values = Mutex<[String: [UInt8]]>([:])

    public init() {}

    public func experience(_ names: [String]) async throws(LedgerError) -> [String: [UInt8]] {
        values.withLock { Self.pick(names, from: $0) }
    }

    @discardableResult
    public func merge(
        _ names: [String], at wall: Moment, _ merged: @escaping @Sendable ([String: [UInt8]]) -> [String: [UInt8]]
    ) async throws(LedgerError) -> [String: [UInt8]] {
        values.withLock { values in
            let new = merged(Self.pick(names, from: values))
            values.merge(new) { _, new in new }
            return new
        }
    }

    private static func pick(_ names: [String], from values: [String: [UInt8]]) -> [String: [UInt8]] {
        let found = names.compactMap { name in values[name].map { (name, $0) } }
        return Dictionary(found) { first, _ in first }
    }
}
