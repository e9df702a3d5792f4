import Foundation
import PromptCacheWarmer
import PromptInspection
import SQLiteWarmStore

/// A version of a prompt that a scope follows: whichever is current in an environment.
public struct FollowedVersion: Sendable, Hashable {
    /// What the prompt is called.
    public var name: String
    public var environment: String

    public init(name: String, environment: String) {
        self.name = name
        self.environment = environment
    }

    /// - Parameter text: such as `support@prod`.
    /// - Returns: nil for what is none.
    init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(VersionReference.isName) else { return nil }
        self.init(name: String(parts[0]), environment: String(parts[1]))
    }
}

/// Which versions are current, as the file of versions has it when a configuration is read.
struct VersionBook {
    let file: String
    private var current: [FollowedVersion: PromptVersion] = [:]
    /// Why the file could not be read.
    private(set) var fault: String?

    init(file: String) { self.file = file }

    /// Reads the file.
    static func read(_ file: String) async -> VersionBook {
        var book = VersionBook(file: file)
        do {
            for recorded in try await VersionStore.open(file, mustExist: true).list() {
                for environment in recorded.currentIn {
                    book.current[FollowedVersion(name: recorded.version.name, environment: environment)] =
                        recorded.version
                }
            }
        } catch {
            book.fault = error.reason
        }
        return book
    }

    subscript(followed: FollowedVersion) -> PromptVersion? { current[followed] }
}
