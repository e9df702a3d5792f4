public import CachePrices
import Foundation
public import PromptCache
public import PromptCacheWarmer
public import Upstreams

/// What `warmer run` does: `warmer.yaml`, read and checked.
///
/// ```yaml
/// upstreams:
///   anthropic: { url: https://api.anthropic.com, api_key: { env: ANTHROPIC_API_KEY } }
/// budget: { per_day: 5.00, per_ping: 0.25, time_zone: Europe/Berlin }
/// scopes:
///   - name: support
///     request: prompts/support.json
///     policy: every:285s@5m
///     active: "Mon-Fri 08:00-20:00"
///   - name: sales
///     version: sales@prod                # whichever `warmer versions switch` has made current there
///     policy: every:285s@5m
/// dashboard: { listen: 127.0.0.1:8788 }
/// proxy: { listen: 127.0.0.1:8787, warm: off, gate: off }      # without the section there is none
/// store: { sqlite: warmer.sqlite }      # this is what it is without the section; or off; or for many replicas
///                                       # { postgres: postgres://warmer@db/warmer }, or { postgres: { env: NAME } }
/// versions: warmer-versions.sqlite      # likewise; with postgres, there
/// profile: warmer-profile.json          # what `warmer probe` has measured
/// log: json
/// ```
public struct WarmerConfiguration: Sendable {
    /// Where pings go, by name.
    public var upstreams: [String: Upstream]
    /// What all pings may cost.
    public var budget: Budget
    /// What to keep warm; each can be added to a warmer with these upstreams and prices.
    public var scopes: [WarmScope]
    /// The built-in prices with those of the user's file.
    public var prices: PriceList
    /// What was measured of the upstreams' caches.
    public var profile: CacheProfile
    /// Where the dashboard and the control API listen; nil for nowhere.
    public var dashboard: LoopbackAddress?
    /// The proxy in front of the upstreams; nil for none.
    public var proxy: ProxyOptions?
    /// Where the ledger is kept; nil for in memory, which forgets with the process.
    public var store: StoreLocation?
    /// Where versions are kept.
    public var versions: StoreLocation
    /// What scopes follow, by their names.
    public var follows: [String: FollowedVersion]

    /// How the log is written.
    public var logFormat: LogFormat
    /// The file that it was read from; nil where it was made by a program.
    public var file: String?

    /// How a log is written.
    public enum LogFormat: String, Sendable, Hashable, CaseIterable {
        /// A line for people.
        case text
        /// An object in each line, for machines.
        case json
    }

    /// A provider and who pays there.
    public struct Upstream: Hashable, Sendable {
        /// The base URL.
        public var endpoint: String
        public var credential: AnthropicClient.Credential

        public init(endpoint: String, credential: AnthropicClient.Credential) {
            self.endpoint = endpoint
            self.credential = credential
        }
    }

    public init(
        upstreams: [String: Upstream], budget: Budget, scopes: [WarmScope], prices: PriceList = .builtIn,
        profile: CacheProfile = .documented,
        dashboard: LoopbackAddress? = .dashboard, proxy: ProxyOptions? = nil, store: StoreLocation? = nil,
        versions: StoreLocation = .sqlite("warmer-versions.sqlite"), follows: [String: FollowedVersion] = [:],
        logFormat: LogFormat = .text, file: String? = nil
    ) {
        self.upstreams = upstreams
        self.budget = budget
        self.scopes = scopes
        self.prices = prices
        self.profile = profile
        self.dashboard = dashboard
        self.proxy = proxy
        self.store = store
        self.versions = versions
        self.follows = follows
        self.logFormat = logFormat
        self.file = file
    }
}

extension WarmerConfiguration {
    /// Reads a file and everything that it names.
    ///
    /// - Parameters:
    ///   - file: the path of the YAML file; paths in it count from its folder.
    ///   - environment: where keys come from.
    /// - Throws: ``InvalidConfiguration`` with every fault that was found.
    public static func load(
        _ file: String, environment: [String: String]
    ) async throws(InvalidConfiguration) -> WarmerConfiguration {
        let bytes: [UInt8]
        do {
            bytes = try TextFile.read(file)
        } catch {
            throw InvalidConfiguration(faults: [ConfigurationFault(file: file, "\(error.reason); check the path")])
        }
        guard let yaml = String(validating: bytes, as: UTF8.self) else {
            throw InvalidConfiguration(faults: [ConfigurationFault(file: file, "is not UTF-8; save it as UTF-8 text")])
        }
        return try await read(yaml, file: file, environment: environment)
    }

    /// Reads the text of a file.
    ///
    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: its path, for faults and for the paths in it.
    ///   - environment: where keys come from.
    /// - Throws: ``InvalidConfiguration`` with every fault that was found.
    public static func read(
        _ yaml: String, file: String, environment: [String: String]
    ) async throws(InvalidConfiguration) -> WarmerConfiguration {
        let log = FaultLog()
        let reader = ConfigurationReader(file: file, environment: environment, log: log)
        let configuration = await reader.read(yaml)
        guard let configuration, log.faults.isEmpty else {
            throw InvalidConfiguration(faults: log.sorted(mainFile: file))
        }
        return configuration
    }
}
