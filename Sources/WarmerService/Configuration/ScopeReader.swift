import CachePrices
import Foundation
import PromptCache
import PromptCacheWarmer
import WarmingPolicies
import Yams

/// A scope with the places that its faults are told at.
struct ReadScope {
    var scope: WarmScope
    var name: YAMLCursor
    var policy: YAMLCursor
    var prompt: PromptSource
}

/// Reads the list of scopes.
struct ScopeReader {
    let file: String
    /// Their names; nil where the section is missing, which has been noted.
    let upstreams: [String]?
    /// Of all scopes; nil if it could not be read.
    let budget: Budget?
    /// Whether anybody can tell of arrivals.
    let hasArrivals: Bool
    /// What `version` refers to.
    let versions: VersionBook

    private static let keys =
        ["name", "upstream", "request", "version"] + InlinePrompt.keys
        + ["policy", "verify", "budget", "active", "at", "headers", "betas"]

    func scopes(_ object: YAMLObject) -> [ReadScope] {
        let example = "- { name: support, request: prompts/support.json, policy: every:285s@5m }"
        // A proxy finds its own.
        if object["scopes"] == nil, let proxy = object["proxy"], proxy.word != false { return [] }
        guard let list = object.required("scopes", "say what to keep warm, such as \(example)") else { return [] }
        let elements = list.elements(example: example) ?? []
        if case .sequence = list.node, elements.isEmpty { list.fail("names none: add one such as \(example)") }
        let scopes = elements.map(scope)
        var names: Set<String> = []
        for case let scope? in scopes where !names.insert(scope.scope.name).inserted {
            scope.name.fail("there is a scope '\(scope.scope.name)' already: choose another name")
        }
        return scopes.compactMap(\.self)
    }

    private func scope(_ cursor: YAMLCursor) -> ReadScope? {
        let example = "{ name: support, request: prompts/support.json, policy: every:285s@5m }"
        guard let object = cursor.object(Self.keys, example: example) else { return nil }
        let nameCursor = object.required("name", "it is what logs, metrics and the control API call the scope")
        let name = nameCursor.flatMap(name)
        let policyCursor = object.required("policy", "write for example every:285s@5m or break-even@5m")
        let policy = policyCursor.flatMap(policy)
        let upstream = upstream(object)
        let verifies = object["verify"].map { $0.flag() } ?? true
        let ownBudget = object["budget"].flatMap(budget)
        let hours = hours(object)
        let headers = ScopeHeaders.read(object)
        let prompt = PromptSource(object, file: file, lifetime: policy?.lifetime ?? .fiveMinutes, versions: versions)
        guard let nameCursor, let name, let policyCursor, let policy, let upstream, let verifies, let prompt else {
            return nil
        }
        let scope = WarmScope(
            name: name, body: prompt.request.bytes, policy: policy, upstream: upstream, headers: headers,
            verifies: verifies, budget: ownBudget, hours: hours.active, prewarm: hours.prewarm)
        return ReadScope(scope: scope, name: nameCursor, policy: policyCursor, prompt: prompt)
    }

    // MARK: Members

    /// Names stand in URLs, metrics and logs.
    private func name(_ cursor: YAMLCursor) -> String? {
        guard let text = cursor.text(example: "support") else { return nil }
        let isPlain = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
                || $0 == 0x2E || $0 == 0x5F
        }
        guard isPlain, text.utf8.count <= 100 else {
            cursor.fail("'\(text)' is no name: take up to 100 letters, digits, '-', '_' and '.'")
            return nil
        }
        return text
    }

    private func policy(_ cursor: YAMLCursor) -> WarmPolicy? {
        guard let text = cursor.text(example: "every:285s@5m") else { return nil }
        do {
            let policy = try WarmPolicy(text)
            if policy.needsArrivals, !hasArrivals {
                cursor.fail(
                    "'\(text)' needs to be told of arrivals, and with dashboard: off nobody can tell: remove "
                        + "dashboard: off, or take a policy such as every:285s@5m")
            }
            return policy
        } catch {
            cursor.fail("\(error)")
            return nil
        }
    }

    private func upstream(_ object: YAMLObject) -> String? {
        guard let upstreams else { return "" }
        let known = upstreams.sorted()
        guard let cursor = object["upstream"] else {
            if upstreams.count == 1 { return upstreams[0] }
            if !upstreams.isEmpty {
                _ = object.required("upstream", "there are several: choose one of \(known.joined(separator: ", "))")
            }
            return nil
        }
        guard let name = cursor.text(example: known.first ?? "anthropic") else { return nil }
        if upstreams.contains(name) { return name }
        let near = Nearest.name(to: name, among: known).map { "did you mean \($0)? " } ?? ""
        cursor.fail("there is no upstream '\(name)': \(near)there is \(known.joined(separator: ", "))")
        return nil
    }

    /// Where a scope has no daily limit of its own, that of all scopes stands.
    private func budget(_ cursor: YAMLCursor) -> Budget? {
        guard let section = cursor.object(["per_day", "per_ping"], example: "{ per_day: 0.50, per_ping: 0.05 }") else {
            return nil
        }
        let perDay = section["per_day"].map { $0.money() } ?? budget?.perDay
        let perPing = section["per_ping"]?.money()
        return perDay.map { Budget(perDay: $0, perPing: perPing, timeZone: budget?.timeZone ?? .gmt) }
    }

    private func hours(_ object: YAMLObject) -> (active: ActiveHours?, prewarm: PrewarmTimes?) {
        let zone = budget?.timeZone ?? .gmt
        func read<Value>(
            _ key: String, _ example: String, _ make: (String) throws(WeekTextError) -> Value
        ) -> Value? {
            guard let cursor = object[key], let text = cursor.text(example: example) else { return nil }
            do {
                return try make(text)
            } catch {
                cursor.fail("\(error)")
                return nil
            }
        }
        return (
            read("active", "Mon-Fri 08:00-20:00") { text throws(WeekTextError) in
                try ActiveHours(text, timeZone: zone)
            },
            read("at", "Mon-Fri 07:58") { text throws(WeekTextError) in try PrewarmTimes(text, timeZone: zone) }
        )
    }
}
