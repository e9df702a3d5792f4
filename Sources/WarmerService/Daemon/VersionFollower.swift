import Logging
import PromptCache
import PromptCacheWarmer
import PromptInspection
import SQLiteWarmStore
import ServiceLifecycle
import WarmingPolicies

/// Looks now and then whether another version has become current, and warms that one instead.
///
/// `warmer versions switch` has warmed it before it becomes current, so that nothing is lost between two looks.
struct VersionFollower: Service {
    let warmer: CacheWarmer
    let clock: any WarmClock
    let file: String
    /// The scopes that follow, with what each follows.
    let scopes: [(scope: WarmScope, followed: FollowedVersion)]
    let logger: Logger

    static let pause = Duration.seconds(30)

    func run() async {
        await cancelWhenGracefulShutdown { await follow() }
    }

    private func follow() async {
        clock.hold()
        defer { clock.release() }
        var bodies = scopes.map(\.scope.body)
        var opened: VersionStore?
        while !Task.isCancelled {
            do {
                try await clock.sleep(until: clock.now.elapsed + Self.pause)
            } catch {
                return
            }
            for (position, (scope, followed)) in scopes.enumerated() {
                do {
                    let store = if let opened { opened } else { try await VersionStore.open(file, mustExist: true) }
                    opened = store
                    guard let version = try await store.current(followed.name, in: followed.environment),
                        version.request.bytes != bodies[position]
                    else { continue }
                    var new = scope
                    new.body = version.request.bytes
                    try await warmer.replace(new)
                    bodies[position] = new.body
                    logger.notice("\(scope.name) goes on with \(version.reference)")
                } catch {
                    logger.error("\(scope.name) stays with its version: \(error)")
                }
            }
        }
    }
}
