import PromptCache
import PromptCacheEmulator
import WarmingPolicies

/// Finds the lapses of scopes that should have been held, and the fault that made each unavoidable.
struct LapseJudge {
    struct Lapse {
        var at: Duration
        var sinceLastTouch: Duration
        /// Nil where nothing explains it.
        var fault: String?
    }

    private let calls: [String: [WatchedCall.Record]]
    /// What struck requests, by when they began.
    private let struck: [Duration: Set<String>]
    /// When calls were refused in a way that makes others of the model wait or stop.
    private let refusals: [Duration]

    init(_ house: Household, _ emulator: Emulator) {
        let all = house.calls.sorted { $0.at < $1.at }
        calls = Dictionary(grouping: all, by: \.prompt)
        struck = Dictionary(emulator.log.map { ($0.at, Set($0.faults)) }, uniquingKeysWith: { $0.union($1) })
        refusals = all.filter { [401, 429].contains($0.status) }.map(\.at)
    }

    /// How many of what kind.
    var summary: String {
        let kinds = calls.keys.filter { $0.hasPrefix("held") || $0.hasPrefix("hourly") }.flatMap { name in
            lapses(of: name, lifetime: name.hasPrefix("held") ? .fiveMinutes : .oneHour).map {
                $0.fault ?? "unexplained"
            }
        }
        let counts = Dictionary(grouping: kinds, by: \.self).mapValues(\.count).sorted { $0.key < $1.key }
        return "lapses: " + counts.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    func lapses(of prompt: String, lifetime: Lifetime) -> [Lapse] {
        let own = calls[prompt] ?? []
        var lapses: [Lapse] = []
        var touch: WatchedCall.Record?
        var wrote: Duration?
        for call in own {
            guard let usage = call.usage else { continue }
            if usage.written > 0, let touch {
                lapses.append(
                    Lapse(
                        at: call.at, sinceLastTouch: call.at - touch.at,
                        fault: fault(of: call, after: touch.at, wrote: wrote, lifetime, own)))
            }
            if usage.written > 0 { wrote = call.at }
            touch = call
        }
        return lapses
    }

    private func fault(
        of call: WatchedCall.Record, after touch: Duration, wrote: Duration?, _ lifetime: Lifetime,
        _ own: [WatchedCall.Record]
    ) -> String? {
        if struck[call.at]?.contains("evict") == true { return "evicted" }
        if lifetime == .oneHour, let wrote, struck[wrote]?.contains("downgrade_1h") == true { return "downgraded" }
        // A cut answer may have written what an hour's marker did not keep, too.
        let between = own.filter { $0.at > touch && $0.at < call.at }
        if between.contains(where: { struck[$0.at]?.contains("downgrade_1h") == true }) { return "downgraded" }
        guard call.at - touch > lifetime.duration else {
            // Written, but not readable yet: the first answer had not begun.
            return call.at - touch < .seconds(60) && wrote == touch ? "not readable yet" : nil
        }
        let window = touch...touch + lifetime.duration
        if between.contains(where: { $0.status != 200 && window.contains($0.at) }) { return "calls failed" }
        return refusals.contains { window.contains($0) } ? "had to wait" : nil
    }
}
