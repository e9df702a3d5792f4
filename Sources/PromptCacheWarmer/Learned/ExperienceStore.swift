public import WarmingPolicies

/// Where histories of scopes and what the adaptive policy has learned outlive the process: a few hundred bytes under each
/// name.
///
/// To implement one: ``merge(_:at:_:)`` reads, calls the closure and writes within one transaction that no other writer of
/// the same names comes between. So several replicas add to what there is, and none overwrites what another has learned.
/// What nobody has written for a month may be forgotten. `StoreConformance` checks that.
public protocol ExperienceStore: Sendable {
    /// What is stored under names; those with nothing are left out.
    func experience(_ names: [String]) async throws(LedgerError) -> [String: [UInt8]]

    /// Stores what comes of what is stored.
    ///
    /// - Parameters:
    ///   - names: what is read for it.
    ///   - wall: the time of day.
    ///   - merged: what is to be stored under names from now on, by what is stored under them now; names that it leaves out
    ///     stay as they are. It may be called more than once.
    /// - Returns: what `merged` has given.
    @discardableResult
    func merge(
        _ names: [String], at wall: Moment, _ merged: @escaping @Sendable ([String: [UInt8]]) -> [String: [UInt8]]
    ) async throws(LedgerError) -> [String: [UInt8]]
}
