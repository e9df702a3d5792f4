import CachePrices
import Foundation
import PromptCache
import PromptCacheWarmer
import Upstreams
import WarmingPolicies

/// Walks `warmer.yaml` from its root, section by section.
struct ConfigurationReader {
    let file: String
    let environment: [String: String]
    let log: FaultLog

    static let sections = [
        "upstreams", "budget", "scopes", "prices", "dashboard", "proxy", "store", "versions", "profile", "log",
    ]

    /// - Returns: nil if something is so wrong that there is nothing to return; then it has been noted.
    func read(_ yaml: String) async -> WarmerConfiguration? {
        guard let root = YAMLDocument.root(of: yaml, file: file, log: log),
            let object = root.object(Self.sections, example: "budget: { per_day: 5.00 }")
        else { return nil }
        let upstreams = upstreams(object)
        let budget = budget(object)
        let prices = prices(object["prices"])
        let profile = profile(object["profile"])
        let dashboard = dashboard(object["dashboard"])
        let proxy = ProxyReader(upstreams: (upstreams ?? [:]).mapValues { $0?.endpoint }).proxy(object["proxy"])
        let storeReader = StoreReader(file: file, environment: environment)
        let store = storeReader.store(object["store"])
        let logFormat = logFormat(object["log"])
        let scopeReader = ScopeReader(
            file: file, upstreams: upstreams.map { Array($0.keys) }, budget: budget, hasArrivals: dashboard != nil,
            versions: await VersionBook.read(storeReader.versions(object["versions"], besides: store)))
        let scopes = scopeReader.scopes(object)
        await ScopeCheck(prices: prices ?? .builtIn, profile: profile, upstreams: upstreams ?? [:]).check(scopes)
        guard let upstreams, let budget, let prices else { return nil }
        return WarmerConfiguration(
            upstreams: upstreams.compactMapValues(\.self), budget: budget, scopes: scopes.map(\.scope), prices: prices,
            profile: profile, dashboard: dashboard, proxy: proxy, store: store, versions: scopeReader.versions.place,
            follows: Dictionary(scopes.compactMap { scope in scope.prompt.followed.map { (scope.scope.name, $0) } }) {
                $1
            },
            logFormat: logFormat, file: file)
    }

    // MARK: Sections

    /// - Returns: the names with what could be read of each; nil without the section.
    private func upstreams(_ object: YAMLObject) -> [String: WarmerConfiguration.Upstream?]? {
        let example = "anthropic: { url: https://api.anthropic.com, api_key: { env: ANTHROPIC_API_KEY } }"
        guard
            let section = object.required("upstreams", "say where pings go, such as \(example)")?
                .object(nil, example: example)
        else { return nil }
        if section.all.isEmpty { section.cursor.fail("names none: add one such as \(example)") }
        let reader = UpstreamReader(file: file, environment: environment)
        return Dictionary(
            section.all.map { ($0.name, reader.upstream($0.value)) }, uniquingKeysWith: { first, _ in first })
    }

    private func budget(_ object: YAMLObject) -> Budget? {
        let example = "{ per_day: 5.00 }"
        let advice = "nothing is sent without a limit; write for example budget: \(example)"
        guard
            let section = object.required("budget", advice)?
                .object(["per_day", "per_ping", "time_zone"], example: example)
        else { return nil }
        let perDay = section.required("per_day", "the most that all pings may cost in a day, in USD, such as 5.00")?
            .money()
        let perPing = section["per_ping"]?.money()
        let zone = section["time_zone"].map(timeZone) ?? .gmt
        guard let perDay, let zone else { return nil }
        return Budget(perDay: perDay, perPing: perPing, timeZone: zone)
    }

    private func timeZone(_ cursor: YAMLCursor) -> TimeZone? {
        guard let name = cursor.text(example: "Europe/Berlin") else { return nil }
        if let zone = TimeZone(identifier: name) { return zone }
        let near = Nearest.name(to: name, among: TimeZone.knownTimeZoneIdentifiers)
        cursor.fail("there is no time zone '\(name)': \(near.map { "did you mean \($0)?" } ?? "write for example UTC")")
        return nil
    }

    private func prices(_ cursor: YAMLCursor?) -> PriceList? {
        guard let cursor else { return .builtIn }
        guard let name = cursor.text(example: "prices.json") else { return nil }
        let path = TextFile.resolve(name, from: file)
        do {
            return try PriceList.builtIn.merging(try TextFile.read(path), file: path)
        } catch let error as TextFile.Unreadable {
            cursor.fail("\(path): \(error.reason); paths count from the folder of this file")
        } catch let error as PriceListError {
            log.add(
                ConfigurationFault(
                    file: error.file, line: error.line, column: error.column, path: error.path, error.message))
        } catch {
            cursor.fail("\(error)")
        }
        return nil
    }

    private func profile(_ cursor: YAMLCursor?) -> CacheProfile {
        guard let cursor, let name = cursor.text(example: "warmer-profile.json") else { return .documented }
        let path = TextFile.resolve(name, from: file)
        do {
            return try CacheProfile(json: try TextFile.read(path))
        } catch let error as TextFile.Unreadable {
            cursor.fail("\(path): \(error.reason); have `warmer probe` write it")
        } catch {
            cursor.fail("\(path): \(error)")
        }
        return .documented
    }

    private func logFormat(_ cursor: YAMLCursor?) -> WarmerConfiguration.LogFormat {
        guard let cursor, let text = cursor.text(example: "json") else { return .text }
        if let format = WarmerConfiguration.LogFormat(rawValue: text) { return format }
        cursor.fail("'\(text)' is no form of log: there are text and json")
        return .text
    }

    /// - Returns: nil for `off`.
    func dashboard(_ cursor: YAMLCursor?) -> LoopbackAddress? {
        guard let cursor else { return .dashboard }
        if let isOn = cursor.word { return isOn ? .dashboard : nil }
        guard let section = cursor.object(["listen"], example: "{ listen: 127.0.0.1:8788 }, or off") else {
            return .dashboard
        }
        guard let listen = section["listen"], let text = listen.text(example: "127.0.0.1:8788") else {
            return .dashboard
        }
        do {
            return try LoopbackAddress(text)
        } catch {
            listen.fail("\(error)")
            return .dashboard
        }
    }
}
