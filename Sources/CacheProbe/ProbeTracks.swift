import PromptCache
import WarmingPolicies

/// How each question is asked: a few calls on prefixes of its own, at the times of ``ProbeSchedule``.
struct ProbeTracks: Sendable {
    let caller: ProbeCaller
    let model: ModelID
    /// How long the prompts are; surely cached.
    var words: Int

    private func newPrompt() -> ProbePrompt { ProbePrompt(model: model, words: words) }

    /// How many words come to so many tokens.
    func words(for tokens: Int) -> Int { max(1, Int(Double(tokens) / caller.tokensPerWord)) }

    // MARK: What comes first

    /// Finds the shortest prefix that is cached, by halving what lies between one that is not and one that is.
    func minimum(near documented: Int) async throws(ProbeStop) -> MeasuredCache.Minimum? {
        var (uncached, cached): (Int, Int?) = (0, nil)
        var tail = Self.longestTail
        var next = documented + documented / 20
        for _ in 0..<ProbeSchedule.mostSizes {
            let usage = try await size(next)
            if usage.cached > 0 {
                cached = min(cached ?? .max, usage.cached)
                tail = usage.input
            } else {
                uncached = max(uncached, usage.totalInput - tail)
            }
            guard let cached else {
                next *= 2
                continue
            }
            if Double(cached - uncached) <= Double(cached) * ProbeSchedule.sizeTolerance { break }
            // The documented minimum is the first guess from below, too.
            next = uncached == 0 && cached > documented ? documented - documented / 20 : (uncached + cached) / 2
        }
        return cached.map { MeasuredCache.Minimum(uncached: uncached, cached: $0) }
    }

    /// Sends a prefix of about so many tokens.
    private func size(_ tokens: Int) async throws(ProbeStop) -> Usage {
        let prompt = ProbePrompt(model: model, words: words(for: tokens))
        let usage = try await caller.send(prompt, .fiveMinutes).usage
        caller.tokensPerWord = Double(usage.totalInput) / Double(prompt.words)
        return usage
    }

    /// More than the user's message behind the prefix comes to; the truth is known once something was cached.
    private static let longestTail = 16

    /// Sends a prompt only to count it.
    func calibrate() async throws(ProbeStop) {
        let prompt = newPrompt()
        let usage = try await caller.send(prompt, .fiveMinutes).usage
        caller.tokensPerWord = Double(usage.totalInput) / Double(prompt.words)
        if usage.cached == 0 { throw ProbeStop("nothing is cached there, not even \(usage.totalInput) tokens") }
    }

    // MARK: Time and again

    /// How long after its response a prompt was first read.
    func readable() async throws(ProbeStop) -> [Duration?] {
        var rounds: [Duration?] = []
        for _ in 0..<ProbeSchedule.rounds {
            let prompt = newPrompt()
            let written = try await caller.send(prompt, .fiveMinutes)
            var first: Duration?
            for look in ProbeSchedule.looks where first == nil {
                try await caller.sleep(until: written.endedAt + look)
                let seen = try await caller.send(prompt, .fiveMinutes)
                if seen.usage.read > 0 { first = seen.startedAt - written.endedAt }
            }
            rounds.append(first)
        }
        return rounds
    }

    /// Whether reads that ask for so much output keep an entry alive.
    func refresh(maxTokens: Int) async throws(ProbeStop) -> ProbeObservations.Refresh {
        let prompt = newPrompt()
        let written = try await caller.send(prompt, .fiveMinutes)
        try await caller.sleep(until: written.startedAt + ProbeSchedule.refresh)
        let ping: ProbeCaller.Answer
        do {
            ping = try await caller.send(prompt, .fiveMinutes, maxTokens: maxTokens)
        } catch  where maxTokens == 0 && (error.status == 400 || error.status == 422) {
            return .refused
        }
        guard ping.usage.read > 0 else { return .lost }
        try await caller.sleep(until: written.startedAt + ProbeSchedule.look)
        return try await caller.send(prompt, .fiveMinutes).usage.read > 0 ? .alive : .gone
    }

    func hour() async throws(ProbeStop) -> ProbeObservations.Hour {
        let prompt = newPrompt()
        let written = try await caller.send(prompt, .oneHour)
        try await caller.sleep(until: written.startedAt + ProbeSchedule.look)
        let seen = try await caller.send(prompt, .oneHour)
        return .init(isBilled: written.usage.write1h > 0, isAlive: seen.usage.read > 0)
    }

    func hourOnTop() async throws(ProbeStop) -> ProbeObservations.OnTop {
        var prompt = newPrompt()
        let written = try await caller.send(prompt, .fiveMinutes)
        try await caller.sleep(until: written.startedAt + ProbeSchedule.onTop)
        prompt.moreWords = words(for: ProbeSchedule.extensionTokens)
        let laid = try await caller.send(prompt, .oneHour)
        try await caller.sleep(until: laid.startedAt + ProbeSchedule.look)
        let seen = try await caller.send(prompt, .oneHour)
        return .init(below: laid.usage.read, all: laid.usage.cached, read: seen.usage.read)
    }

    func lifetimeInKey() async throws(ProbeStop) -> ProbeObservations.Key {
        let prompt = newPrompt()
        let written = try await caller.send(prompt, .fiveMinutes)
        try await caller.sleep(until: written.endedAt + ProbeSchedule.onTop)
        let same = try await caller.send(prompt, .fiveMinutes)
        let other = try await caller.send(prompt, .oneHour)
        return .init(sameIsRead: same.usage.read > 0, otherIsRead: other.usage.read > 0)
    }

    /// Whether a prompt that nobody has touched is still there at an age.
    func left(alone age: Duration) async throws(ProbeStop) -> ProbeObservations.Look {
        let prompt = newPrompt()
        let written = try await caller.send(prompt, .fiveMinutes)
        try await caller.sleep(until: written.startedAt + age)
        let seen = try await caller.send(prompt, .fiveMinutes)
        return .init(age: age, isAlive: seen.usage.read > 0)
    }
}
