import Logging
import PromptCache
import PromptCacheWarmer
import PromptInspection
import ServiceLifecycle
import WarmingPolicies

/// Looks now and then whether another version has become current, and warms that one instead.
///
/// `warmer versions switch` has warmed it before it becomes current, so that nothing is lost between two looks. What is
/// followed is asked of the configuration in force at each look, so that a reload changes it.
struct VersionFollower: Service {
    let keeper: ConfigurationKeeper
    let clock: any WarmClock
    let logger: Logger

    /// Between two looks.
    static let pause = Duration.seconds(30)
    /// Where nothing is followed only a reload can change that. On the machine's time, as reloads are.
    private static let pauseForReload = Duration.seconds(2)

    func run() async {
        await cancelWhenGracefulShutdown { await follow() }
    }

    private func follow() async {
        clock.hold()
        defer { clock.release() }
        var opened: (place: StoreLocation, versions: any PromptVersions)?
        while !Task.isCancelled {
            do {
                if await keeper.state.configuration.follows.isEmpty {
                    clock.release()
                    defer { clock.hold() }
                    try await Task.sleep(for: Self.pauseForReload)
                } else {
                    try await clock.sleep(until: clock.now.elapsed + Self.pause)
                }
            } catch {
                return
            }
            let configuration = await keeper.state.configuration
            if opened?.place != configuration.versions { opened = nil }
            for (scope, followed) in configuration.follows.sorted(by: { $0.key < $1.key }) {
                do {
                    let store =
                        if let opened { opened.versions } else {
                            try await configuration.versions.openVersions(mustExist: true)
                        }
                    opened = (configuration.versions, store)
                    guard let version = try await store.current(followed.name, in: followed.environment),
                        try await keeper.goOn(scope, following: followed, with: version.request.bytes)
                    else { continue }
                    logger.notice("\(scope) goes on with \(version.reference)")
                } catch {
                    logger.error("\(scope) stays with its version: \(error)")
                }
            }
        }
    }
}
