import Foundation
import PromptCacheWarmer
import PromptInspection

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

/// Which versions are current, as the place of versions has it when a configuration is read.
struct VersionBook {
    let place: StoreLocation
    private var current: [FollowedVersion: PromptVersion] = [:]
    /// Why it could not be read.
    private(set) var fault: String?

    init(place: StoreLocation) { self.place = place }

    /// Reads all that is there.
    static func read(_ place: StoreLocation) async -> VersionBook {
        var book = VersionBook(place: place)
        do {
            for recorded in try await place.openVersions(mustExist: true).list(nil) {
                for environment in recorded.currentIn {
                    book.current[FollowedVersion(name: recorded.version.name, environment: environment)] =
                        recorded.version
                }
            }
        } catch {
            book.fault = "\(error)"
        }
        return book
    }

    subscript(followed: FollowedVersion) -> PromptVersion? { current[followed] }
}
