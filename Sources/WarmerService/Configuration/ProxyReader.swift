import CacheProxy
import PromptCache
import WarmingPolicies
import Yams

/// Reads `proxy: { listen: 127.0.0.1:8787, upstream: anthropic, routes: { /eu: eu }, warm: off, gate: off, header: on }`.
struct ProxyReader {
    /// The URLs of upstreams by their names; nil where one could not be read.
    let upstreams: [String: String?]

    private static let example = "{ listen: 127.0.0.1:8787, warm: off, gate: off }"
    private static let provider = "https://api.anthropic.com"

    /// - Returns: nil for `off`.
    func proxy(_ cursor: YAMLCursor?) -> ProxyOptions? {
        guard let cursor, cursor.word != false else { return nil }
        if cursor.word == true { return options(LoopbackAddress.proxy, fallback(nil), rules: [], nil) }
        let keys = ["listen", "upstream", "routes", "warm", "policy", "gate", "header"]
        guard let section = cursor.object(keys, example: Self.example) else { return nil }
        let upstream = fallback(section["upstream"])
        return options(listen(section["listen"]), upstream, rules: rules(section["routes"]), section)
    }

    private func options(
        _ address: LoopbackAddress, _ upstream: ProxyUpstream?, rules: [Routes.Rule], _ section: YAMLObject?
    ) -> ProxyOptions? {
        let isWarming = section?["warm"]?.flag() ?? false
        let hasGate = section?["gate"]?.flag() ?? false
        let writesNotes = section?["header"]?.flag() ?? true
        let policy = section?["policy"].flatMap(policy) ?? .adaptive
        guard let upstream else { return nil }
        return ProxyOptions(
            server: ProxyConfiguration(
                host: address.host, port: address.port, routes: Routes(fallback: upstream, rules: rules)),
            isWarming: isWarming, policy: policy, hasGate: hasGate, writesNotes: writesNotes)
    }

    private func policy(_ cursor: YAMLCursor) -> WarmPolicy? {
        guard let text = cursor.text(example: "adaptive") else { return nil }
        do {
            return try WarmPolicy(text)
        } catch {
            cursor.fail("\(error)")
            return nil
        }
    }

    private func listen(_ cursor: YAMLCursor?) -> LoopbackAddress {
        guard let cursor, let text = cursor.text(example: "127.0.0.1:8787") else { return .proxy }
        do {
            return try LoopbackAddress(text)
        } catch {
            cursor.fail("\(error)")
            return .proxy
        }
    }

    /// Where everything goes that no route is about: the one upstream that there is, unless the section names one.
    private func fallback(_ cursor: YAMLCursor?) -> ProxyUpstream? {
        if let cursor { return upstream(cursor) }
        let urls = upstreams.values.compactMap(\.self)
        return try? ProxyUpstream(urls.count == 1 ? urls[0] : Self.provider)
    }

    /// An upstream by its name, or by a URL of its own.
    private func upstream(_ cursor: YAMLCursor) -> ProxyUpstream? {
        guard let text = cursor.text(example: "anthropic") else { return nil }
        if let known = upstreams[text] { return known.flatMap { try? ProxyUpstream($0) } }
        guard text.contains("://") else {
            let names = upstreams.keys.sorted()
            let near = Nearest.name(to: text, among: names).map { "did you mean \($0)? " } ?? ""
            cursor.fail(
                "there is no upstream '\(text)': \(near)name one of upstreams (\(names.joined(separator: ", "))), or "
                    + "write a URL such as \(Self.provider)")
            return nil
        }
        do {
            return try ProxyUpstream(text)
        } catch {
            cursor.fail("\(error)")
            return nil
        }
    }

    private func rules(_ cursor: YAMLCursor?) -> [Routes.Rule] {
        guard let cursor, let section = cursor.object(nil, example: "{ /eu: eu, eu.local: eu }") else { return [] }
        return section.all.compactMap { name, value in
            guard let upstream = upstream(value) else { return nil }
            do {
                return try Routes.Rule("\(name)=\(upstream.endpoint)")
            } catch {
                value.fail("\(error)")
                return nil
            }
        }
    }
}

extension LoopbackAddress {
    /// Where the proxy of a configuration listens unless told otherwise.
    static let proxy = LoopbackAddress(loopback: "127.0.0.1", port: 8787)
}
