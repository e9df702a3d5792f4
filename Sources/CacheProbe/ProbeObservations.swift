import PromptCache

/// What a probe has seen, and what follows from it: pure.
struct ProbeObservations: Sendable, Hashable {
    /// What became of an entry that was pinged once.
    enum Refresh: Sendable, Hashable {
        /// The ping was refused.
        case refused
        /// It was gone before the ping.
        case lost
        case alive, gone
    }

    struct Hour: Sendable, Hashable {
        /// Whether the usage of its write says 1h.
        var isBilled: Bool
        /// Whether it was there after more than 5 minutes.
        var isAlive: Bool
    }

    struct OnTop: Sendable, Hashable {
        /// Tokens read of the 5m prefix when the hour was laid on top.
        var below: Int
        /// Tokens of both.
        var all: Int
        /// Tokens read of both after more than 5 minutes.
        var read: Int
    }

    struct Key: Sendable, Hashable {
        var sameIsRead: Bool
        var otherIsRead: Bool
    }

    /// An entry that was left alone until an age.
    struct Look: Sendable, Hashable {
        var age: Duration
        var isAlive: Bool
    }

    var minimum: MeasuredCache.Minimum?
    var readable: [Duration?]?
    var zero: Refresh?
    var read: Refresh?
    var hour: Hour?
    var onTop: OnTop?
    var key: Key?
    var looks: [Look] = []
    /// Why a question was not asked to its end.
    var stops: [ProbeQuestion: String] = [:]

    /// Whether an entry that nobody touches is gone when others are looked at: without that, one that is there proves
    /// nothing. Nil if it was not looked at.
    private var goesWhenLeftAlone: Bool? {
        let control = looks.filter { $0.age == ProbeSchedule.look }
        return control.isEmpty ? nil : control.allSatisfy { !$0.isAlive }
    }

    /// How long entries lived; of several of one age, one that is there counts, since any may be evicted.
    private var held: MeasuredCache.Held? {
        let ages = Set(looks.map(\.age)).sorted()
        guard ages.count > 1 else { return nil }
        func isAlive(_ age: Duration) -> Bool { looks.contains { $0.age == age && $0.isAlive } }
        return .init(atLeast: ages.prefix(while: isAlive).last ?? .zero, goneAt: ages.first { !isAlive($0) })
    }

    // MARK: Conclusions

    /// Writes down what follows.
    ///
    /// - Returns: an answer in words for each question that was asked.
    func conclude(_ asked: [ProbeQuestion], into cache: inout MeasuredCache) -> [ProbeAnswer] {
        asked.map { question in
            let text = stops[question].map { "unknown: \($0)" } ?? answer(question, &cache)
            return ProbeAnswer(question: question, text: text)
        }
    }

    private func answer(_ question: ProbeQuestion, _ cache: inout MeasuredCache) -> String {
        switch question {
        case .minimum: minimum(&cache)
        case .readable: readable(&cache)
        case .zero: zero(&cache)
        case .read: read(&cache)
        case .hour: hour(&cache)
        case .hourOnTop: onTop(&cache)
        case .lifetimeInKey: key(&cache)
        case .held: held(&cache)
        }
    }

    private static let leftAlone = "unknown: an entry that nobody touched was still there after 420 s"
    private static let evicted = "unknown: the entry was gone too early; try again"

    private func minimum(_ cache: inout MeasuredCache) -> String {
        guard let minimum else { return "unknown: nothing was cached" }
        cache.minimum = minimum
        return "\(minimum.cached) tokens were cached, \(minimum.uncached) were not"
    }

    private func readable(_ cache: inout MeasuredCache) -> String {
        guard let readable, let slowest = readable.map({ $0 ?? .seconds(3600) }).max() else { return Self.evicted }
        guard readable.allSatisfy({ $0 != nil }) else { return "not within 8 s; ask again" }
        cache.readableAfter = slowest
        return "\(Int(slowest / .milliseconds(1))) ms after the response, or sooner"
    }

    private func zero(_ cache: inout MeasuredCache) -> String {
        switch zero {
        case .refused?:
            cache.zeroTokens = .refused
            return "it is refused: pings ask for one token"
        case .alive? where goesWhenLeftAlone == true:
            cache.zeroTokens = .refreshes
            return "yes"
        case .gone? where goesWhenLeftAlone == true:
            cache.zeroTokens = .doesNotRefresh
            return "no: pings ask for one token"
        case .lost?, nil: return Self.evicted
        case .alive?, .gone?: return Self.leftAlone
        }
    }

    private func read(_ cache: inout MeasuredCache) -> String {
        switch read {
        case .alive? where goesWhenLeftAlone == true:
            cache.readRefreshes = true
            return "yes"
        case .gone? where goesWhenLeftAlone == true:
            cache.readRefreshes = false
            return "no: no ping can hold an entry"
        case .lost?, .refused?, nil: return Self.evicted
        case .alive?, .gone?: return Self.leftAlone
        }
    }

    private func hour(_ cache: inout MeasuredCache) -> String {
        guard let hour else { return Self.evicted }
        if hour.isBilled, hour.isAlive, goesWhenLeftAlone != true { return Self.leftAlone }
        cache.honoursHour = hour.isBilled && hour.isAlive
        if !hour.isBilled { return "no: the usage says 5m" }
        return hour.isAlive ? "yes" : "no: it was billed as 1h and gone after 420 s"
    }

    private func onTop(_ cache: inout MeasuredCache) -> String {
        if hour.map({ !$0.isBilled || !$0.isAlive }) ?? false { return "no answer where 1h is not given" }
        guard let onTop, onTop.below > 0 else { return Self.evicted }
        let isWhole = onTop.read * 100 >= onTop.all * 95
        if isWhole, goesWhenLeftAlone != true { return Self.leftAlone }
        cache.hourOnTop = isWhole ? .entry : .segment
        return isWhole ? "yes: all of it lived on" : "no: older tokens keep their 5 minutes"
    }

    private func key(_ cache: inout MeasuredCache) -> String {
        guard let key, key.sameIsRead else { return Self.evicted }
        cache.lifetimeInKey = !key.otherIsRead
        return key.otherIsRead ? "no: 5m and 1h share an entry" : "yes: 5m and 1h are two entries"
    }

    private func held(_ cache: inout MeasuredCache) -> String {
        guard let held else { return Self.evicted }
        cache.held = held
        let atLeast = Int(held.atLeast / .seconds(1))
        guard let goneAt = held.goneAt else { return "\(atLeast) s and more" }
        return "\(atLeast) s at least, gone at \(Int(goneAt / .seconds(1))) s"
    }
}

/// What a probe has found out about one question.
public struct ProbeAnswer: Sendable, Hashable {
    public var question: ProbeQuestion
    /// In words.
    public var text: String
}
