import CachePrices
import CoreMetrics
import Logging
import PromptCacheWarmer
import WarmingPolicies

/// Holds the configuration in force, and puts another in its place as a whole or not at all.
actor ConfigurationKeeper {
    /// What is in force, and what became of the last attempt to change it.
    struct State: Sendable {
        var configuration: WarmerConfiguration
        /// When it was put in force, by the time of day.
        var since: Moment
        /// How often it was replaced.
        var revision = 0
        /// Why the last attempt was refused, a line for each fault; empty if it was not.
        var faults: [String] = []
    }

    typealias Load = @Sendable () async throws(InvalidConfiguration) -> WarmerConfiguration

    private(set) var state: State
    private let load: Load?
    private let warmer: CacheWarmer
    private let clock: any WarmClock
    private let logger: Logger
    private let metrics: any MetricsFactory
    private var reloading: Task<[String], Never>?

    init(
        _ configuration: WarmerConfiguration, load: Load?, warmer: CacheWarmer, clock: any WarmClock, logger: Logger,
        metrics: any MetricsFactory
    ) {
        state = State(configuration: configuration, since: clock.now.wall)
        self.load = load
        self.warmer = warmer
        self.clock = clock
        self.logger = logger
        self.metrics = metrics
    }

    /// Reads the configuration again. A bad one leaves the running one in force and says why.
    ///
    /// - Returns: the faults; none if it is in force now.
    @discardableResult
    func reload() async -> [String] {
        guard let load else { return ["the daemon was not started from a file: there is nothing to read again"] }
        // Two at once would take turns over the same scopes.
        while let reloading { _ = await reloading.value }
        let task = Task {
            defer { reloading = nil }
            return await reload(load)
        }
        reloading = task
        return await task.value
    }

    private func reload(_ load: Load) async -> [String] {
        clock.hold()
        defer { clock.release() }
        do {
            let new = try await load()
            let faults = fixedParts(of: new)
            if faults.isEmpty { try await put(new) } else { state.faults = faults }
        } catch let error as InvalidConfiguration {
            state.faults = error.faults.map(\.description)
        } catch {
            state.faults = ["\(error)"]
        }
        let isApplied = state.faults.isEmpty
        Counter(
            label: "prompt_cache_warmer_configuration_reloads_total",
            dimensions: [("result", isApplied ? "applied" : "refused")], factory: metrics
        ).increment()
        if isApplied {
            let count = await warmer.scopeCount
            logger.notice("the configuration was read again", metadata: ["scopes": "\(count)"])
        } else {
            logger.error("the configuration was not taken over; the running one stays in force: \(state.faults[0])")
        }
        return state.faults
    }

    /// Warms another version of a prompt that a scope follows, on the terms in force.
    ///
    /// - Returns: whether it is another one.
    /// - Throws: ``PromptCacheWarmer/ScopeFault`` if it cannot be warmed; the old one then stays.
    func goOn(
        _ name: String, following followed: FollowedVersion, with body: [UInt8]
    ) async throws(ScopeFault) -> Bool {
        // A reload that is under way reads the versions itself; the next look finds what it has missed.
        guard reloading == nil, state.configuration.follows[name] == followed,
            let position = state.configuration.scopes.firstIndex(where: { $0.name == name }),
            state.configuration.scopes[position].body != body
        else { return false }
        var scope = state.configuration.scopes[position]
        scope.body = body
        let revision = state.revision
        try await warmer.replace(scope)
        if state.revision == revision { state.configuration.scopes[position] = scope }
        return true
    }

    private func put(_ new: WarmerConfiguration) async throws {
        if new.budget != state.configuration.budget, await !warmer.limit(to: new.budget) {
            state.faults = ["budget: cannot be changed while the daemon runs with this store: restart it"]
            return
        }
        let old = Set(state.configuration.scopes.map(\.name))
        try await warmer.takeOver(new.scopes, inPlaceOf: old)
        state = State(configuration: new, since: clock.now.wall, revision: state.revision + 1)
    }

    private func isSame(_ a: ProxyOptions?, _ b: ProxyOptions?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return a.isSame(as: b)
    }

    /// What stands while the daemon runs.
    private func fixedParts(of new: WarmerConfiguration) -> [String] {
        let old = state.configuration
        func fault(_ section: String) -> String { "\(section): takes effect only at a start: restart the daemon" }
        return [
            new.upstreams == old.upstreams ? nil : fault("upstreams"),
            new.dashboard == old.dashboard ? nil : fault("dashboard"),
            new.prices == old.prices ? nil : fault("prices"),
            new.profile == old.profile ? nil : fault("profile"),
            isSame(new.proxy, old.proxy) ? nil : fault("proxy"),
            new.store == old.store ? nil : fault("store"),
            new.logFormat == old.logFormat ? nil : fault("log"),
        ].compactMap(\.self)
    }
}
