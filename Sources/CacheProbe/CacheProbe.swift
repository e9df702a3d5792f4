public import CachePrices
import Foundation
public import PromptCache
public import PromptCacheWarmer
import WarmingPolicies

/// Finds out by a few cheap calls how a provider's cache really behaves for an account, where its documentation does not
/// say.
///
/// All questions but the first two are asked side by side, each on prefixes of its own, so that the longest decides how long
/// it takes: ten minutes. Every call is reserved at its worst case within the budget before it is sent.
public struct CacheProbe: Sendable {
    /// What a probe has found out.
    public struct Report: Sendable {
        /// For a profile.
        public var cache: MeasuredCache
        /// In the order in which they were asked.
        public var answers: [ProbeAnswer]
        public var cost: USD
        public var calls: Int
    }

    let model: ModelID
    let client: any WarmCall
    let price: ModelPrice
    let budget: USD
    let headers: [WarmHeader]
    let clock: any WarmClock

    /// - Parameters:
    ///   - model: whose cache to measure.
    ///   - client: where, and who pays.
    ///   - price: of the model.
    ///   - budget: what all calls may cost together.
    ///   - headers: what decides over the cache besides the body.
    ///   - clock: where time is taken from.
    public init(
        model: ModelID, client: any WarmCall, price: ModelPrice, budget: USD, headers: [WarmHeader] = [],
        clock: any WarmClock = SystemClock()
    ) {
        self.model = model
        self.client = client
        self.price = price
        self.budget = budget
        self.headers = headers
        self.clock = clock
    }

    /// Asks. The caller holds time.
    ///
    /// - Parameters:
    ///   - questions: which; each once.
    ///   - onCall: called after each call with the share of all that may come.
    public func run(
        _ questions: [ProbeQuestion] = ProbeQuestion.allCases, onCall: @escaping @Sendable (Double) -> Void = { _ in }
    ) async -> Report {
        let documented = CacheRules(for: model).minimumTokens
        let progress = ProbeProgress(of: questions.worstCalls, onCall)
        let caller = ProbeCaller(
            client: client, gate: InMemorySpendGate(budget: .perDay(budget)), clock: clock, price: price,
            headers: headers, day: clock.now.wall, onCall: progress.call)
        var seen = ProbeObservations()
        var tracks = ProbeTracks(caller: caller, model: model, words: 0)
        do {
            if questions.contains(.minimum) { seen.minimum = try await tracks.minimum(near: documented) }
            tracks.words = tracks.words(for: ProbeSchedule.baseTokens(max(documented, seen.minimum?.cached ?? 0)))
            if seen.minimum == nil { try await tracks.calibrate() }
            // Alone, since it is about less time than passes between calls that take turns.
            if questions.contains(.readable) { seen.readable = try await tracks.readable() }
            await ask(questions, tracks, &seen)
        } catch {
            for question in questions { seen.stops[question] = error.reason }
        }
        var cache = MeasuredCache(endpoint: client.endpoint, model: model)
        cache.measuredAt = Date(timeIntervalSince1970: clock.now.wall.secondsSince1970).formatted(.iso8601)
        let answers = seen.conclude(questions, into: &cache)
        return Report(cache: cache, answers: answers, cost: caller.cost, calls: caller.calls)
    }

    private typealias Note = @Sendable (inout ProbeObservations) -> Void

    /// Asks all that can be asked side by side.
    private func ask(_ questions: [ProbeQuestion], _ tracks: ProbeTracks, _ seen: inout ProbeObservations) async {
        await withTaskGroup(of: Note.self) { group in
            func track<Seen: Sendable>(
                _ question: ProbeQuestion, _ note: @escaping @Sendable (inout ProbeObservations, Seen) -> Void,
                _ body: @escaping @Sendable () async throws(ProbeStop) -> Seen
            ) {
                // Each holds time for itself while it runs.
                clock.hold()
                group.addTask { [clock] in
                    defer { clock.release() }
                    do throws(ProbeStop) {
                        let result = try await body()
                        return { note(&$0, result) }
                    } catch {
                        let reason = error.reason
                        return { $0.stops[question] = reason }
                    }
                }
            }
            for question in questions {
                switch question {
                case .minimum, .readable: break
                case .zero:
                    track(question, { $0.zero = $1 }) { () async throws(ProbeStop) in
                        try await tracks.refresh(maxTokens: 0)
                    }
                case .read:
                    track(question, { $0.read = $1 }) { () async throws(ProbeStop) in
                        try await tracks.refresh(maxTokens: 1)
                    }
                case .hour: track(question, { $0.hour = $1 }, tracks.hour)
                case .hourOnTop: track(question, { $0.onTop = $1 }, tracks.hourOnTop)
                case .lifetimeInKey: track(question, { $0.key = $1 }, tracks.lifetimeInKey)
                case .held: break
                }
            }
            for age in Self.ages(for: questions) {
                track(.held, { $0.looks.append($1) }) { () async throws(ProbeStop) in
                    try await tracks.left(alone: age)
                }
            }
            clock.release()
            for await note in group { note(&seen) }
            clock.hold()
        }
    }

    /// Ages to look at; without the question itself, those that show that nothing lives on untouched.
    private static func ages(for questions: [ProbeQuestion]) -> [Duration] {
        if questions.contains(.held) { return ProbeSchedule.ages }
        let needsControl = questions.contains { [.zero, .read, .hour, .hourOnTop].contains($0) }
        return needsControl ? ProbeSchedule.ages.filter { $0 == ProbeSchedule.look } : []
    }
}
