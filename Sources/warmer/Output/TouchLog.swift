import Foundation
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// When this machine's commands last touched which prefix: keys and times, no prompts.
struct TouchLog {
    /// The last touch of a prefix.
    struct Touch: Codable {
        var key: String
        var model: String
        var lifetime: Lifetime
        /// Nanoseconds since 1970.
        var at: Moment
        /// The tokens that the cache holds.
        var tokens: Int

        /// What was touched in the future was touched by another clock, and says nothing.
        func lifeLeft(at now: Moment) -> Duration {
            now < at ? .zero : max(.zero, lifetime.duration - (now - at))
        }
    }

    let file: URL

    /// In the user's state directory.
    static var standard: TouchLog {
        let environment = ProcessInfo.processInfo.environment
        let state =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
            ?? URL(filePath: NSHomeDirectory()).appending(path: ".local/state")
        return TouchLog(file: state.appending(path: "prompt-cache-warmer/touches.json"))
    }

    func touch(of key: PrefixKey) -> Touch? { read().last { $0.key == key.hex } }

    /// Adds what a command has warmed, and forgets what has long gone cold.
    func record(_ prefixes: [WarmedPrefix]) throws {
        let new = prefixes.filter { $0.verdict != .uncached }.map { prefix in
            Touch(
                key: prefix.key.hex, model: prefix.model.name, lifetime: prefix.lifetime,
                at: prefix.touchedAt.wall, tokens: prefix.cached)
        }
        guard let now = new.map(\.at).max() else { return }
        let keys = Set(new.map(\.key))
        let kept = read().filter { !keys.contains($0.key) && now - $0.at < .seconds(86400) }
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try JSONEncoder().encode(kept + new).write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    /// A log that cannot be read says nothing; it is only ever a memory aid.
    private func read() -> [Touch] {
        (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode([Touch].self, from: $0) } ?? []
    }
}
