public import PromptCache
public import WarmingPolicies

/// Which versions of which prompts there are, and which one is current in which environment.
///
/// Unlike a ledger it holds prompts, since a version that is switched to is sent. `StoreConformance` checks what every
/// engine must do.
public protocol PromptVersions: Sendable {
    /// Records a version of a prompt. What is the same for the cache as the newest or an older one is that one.
    ///
    /// - Returns: the version, and whether it is new.
    func record(
        _ name: String, _ request: MessagesRequest, at moment: Moment
    ) async throws -> (version: PromptVersion, isNew: Bool)

    /// All versions, or those of one name, in order.
    func list(_ name: String?) async throws -> [RecordedVersion]

    /// Makes a version current in an environment.
    func switchTo(_ version: PromptVersion, in environment: String, at moment: Moment) async throws
}

extension PromptVersions {
    /// One version; nil if there is none.
    public func find(_ reference: VersionReference) async throws -> RecordedVersion? {
        let all = try await list(reference.name)
        return reference.number.map { number in all.last { $0.version.number == number } } ?? all.last
    }

    /// The version that is current in an environment; nil if none is.
    public func current(_ name: String, in environment: String) async throws -> PromptVersion? {
        try await list(name).first { $0.currentIn.contains(environment) }?.version
    }
}

/// A version, and when it was recorded.
public struct RecordedVersion: Sendable {
    public var version: PromptVersion
    public var at: Moment
    /// The environments in which it is current, in order.
    public var currentIn: [String]

    public init(version: PromptVersion, at: Moment, currentIn: [String]) {
        self.version = version
        self.at = at
        self.currentIn = currentIn
    }
}
