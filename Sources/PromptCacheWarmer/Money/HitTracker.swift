public import CachePrices
public import PromptCache
import Synchronization
public import WarmingPolicies

/// Watches the hit rate of an application's own requests, by prefix and over a sliding window, and calls when it falls.
///
/// ```swift
/// let tracker = HitTracker(alertBelow: 0.7) { alert in log.warning("\(alert)") }
/// tracker.note(usage, prefix: "support", model: "claude-sonnet-5-5", at: .now)
/// tracker.hitRate                      // of all in the window
/// tracker.summary(of: "support")?.saved
/// ```
public final class HitTracker: Sendable {
    /// What a prefix has come to within the window.
    public struct Summary: Sendable, Hashable {
        public var requests = 0
        public var usage = Usage()
        /// What reading cost less than writing the same tokens would have, at each lifetime's price; zero without a price.
        public var saved = USD.zero

        public init() {}

        /// Tokens read, of those read and written; nil without any.
        public var hitRate: Double? {
            let cacheable = usage.read + usage.written
            return cacheable == 0 ? nil : Double(usage.read) / Double(cacheable)
        }
    }

    /// A hit rate that has fallen under its threshold. It is told of once, until it has risen again.
    public struct Alert: Sendable, Hashable, CustomStringConvertible {
        public var prefix: String
        public var hitRate: Double
        public var threshold: Double
        public var requests: Int

        public var description: String {
            "the hit rate of \(prefix) is \(Int(hitRate * 100)) % over \(requests) requests, under \(Int(threshold * 100)) %"
        }
    }

    fileprivate struct Note: Sendable {
        var at: Moment
        var prefix: String
        var usage: Usage
        var saved: USD
    }

    fileprivate struct State {
        /// In the order of time; what is too old is dropped from the front.
        var notes: [Note] = []
        var first = 0
        var byPrefix: [String: Summary] = [:]
        var all = Summary()
        var alerted: Set<String> = []
    }

    private let state = Mutex(State())
    private let window: Duration
    private let threshold: Double
    private let minimumRequests: Int
    private let prices: PriceList
    private let now: @Sendable () -> Moment
    private let onAlert: (@Sendable (Alert) -> Void)?

    /// - Parameters:
    ///   - window: how far back requests count.
    ///   - threshold: the hit rate, from 0 to 1, under which a prefix is told of.
    ///   - minimumRequests: how many requests of a prefix must be in the window before it can be; at least 1.
    ///   - prices: what savings are counted by.
    ///   - now: the time of day.
    ///   - onAlert: called within ``note(_:prefix:model:lifetime:at:)``; keep it short.
    public init(
        window: Duration = .seconds(3600), alertBelow threshold: Double = 0.5, minimumRequests: Int = 20,
        prices: PriceList = .builtIn, now: @escaping @Sendable () -> Moment = { SystemClock.wall },
        onAlert: (@Sendable (Alert) -> Void)? = nil
    ) {
        self.window = window
        self.threshold = threshold
        self.minimumRequests = max(1, minimumRequests)
        self.prices = prices
        self.now = now
        self.onAlert = onAlert
    }

    /// Takes the usage of a request in.
    ///
    /// - Parameters:
    ///   - usage: what the response said.
    ///   - prefix: what the request shares with others, under any name; never its text.
    ///   - lifetime: what its marker asks for.
    ///   - moment: when the request began; a time to come is taken for now. What is older than the newest by more than the
    ///     window does not count.
    public func note(
        _ usage: Usage, prefix: String, model: ModelID, lifetime: Lifetime = .fiveMinutes, at moment: Moment
    ) {
        let moment = min(moment, now())
        let price = prices.price(of: model)?.prices(promptTokens: usage.totalInput)
        let saved = price.map { ($0.write(lifetime) - $0.read) * usage.read } ?? .zero
        let alert = state.withLock { state -> Alert? in
            let newest = max(moment, state.notes.last?.at ?? moment)
            let place = state.notes.lastIndex { $0.at <= moment }.map { max($0 + 1, state.first) } ?? state.first
            state.notes.insert(Note(at: moment, prefix: prefix, usage: usage, saved: saved), at: place)
            state.add(usage, saved, to: prefix, sign: 1)
            while state.first < state.notes.count, newest - state.notes[state.first].at > window { state.dropFirst() }
            return self.alert(on: prefix, &state)
        }
        if let alert { onAlert?(alert) }
    }

    /// The hit rate of all requests in the window; nil without any.
    public var hitRate: Double? { state.withLock(\.all.hitRate) }

    /// All requests in the window.
    public var summary: Summary { state.withLock(\.all) }

    /// The requests of one prefix in the window; nil without any.
    public func summary(of prefix: String) -> Summary? { state.withLock { $0.byPrefix[prefix] } }

    private func alert(on prefix: String, _ state: inout State) -> Alert? {
        guard let summary = state.byPrefix[prefix], summary.requests >= minimumRequests, let rate = summary.hitRate
        else {
            return nil
        }
        guard rate < threshold else {
            state.alerted.remove(prefix)
            return nil
        }
        guard state.alerted.insert(prefix).inserted else { return nil }
        return Alert(prefix: prefix, hitRate: rate, threshold: threshold, requests: summary.requests)
    }
}

extension HitTracker.State {
    fileprivate mutating func add(_ usage: Usage, _ saved: USD, to prefix: String, sign: Int) {
        func change(_ summary: inout HitTracker.Summary) {
            summary.requests += sign
            summary.usage += Usage(
                input: sign * usage.input, write5m: sign * usage.write5m, write1h: sign * usage.write1h,
                read: sign * usage.read, output: sign * usage.output)
            summary.saved += saved * sign
        }
        change(&all)
        change(&byPrefix[prefix, default: HitTracker.Summary()])
        if byPrefix[prefix]?.requests == 0 { byPrefix[prefix] = nil }
    }

    fileprivate mutating func dropFirst() {
        let note = notes[first]
        add(note.usage, note.saved, to: note.prefix, sign: -1)
        first += 1
        // In large pieces, so that dropping costs nothing in the long run.
        if first > 1024, first > notes.count / 2 {
            notes.removeFirst(first)
            first = 0
        }
    }
}
