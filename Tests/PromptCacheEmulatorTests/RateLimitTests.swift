import SteppedTime
import Testing

@testable import PromptCacheEmulator

@Suite("Rate limits count down, refuse, and fill up again")
struct RateLimitTests {
    private let caller = Caller(workspace: "me", betas: [], region: "")

    private func status(_ decision: Provider.Decision) -> Int {
        if case .failure(let error) = decision.answer { error.status } else { 200 }
    }

    private func ask(_ bench: Bench, at seconds: Double) -> Provider.Decision {
        bench.provider.begin(Array(Bodies.request().utf8), from: caller, now: .seconds(seconds))
    }

    @Test("Requests beyond the limit get a 429 that says when to come back")
    func requests() throws {
        let bench = Bench(EmulatorConfiguration(latency: .none, limits: EmulatedLimits(requests: 6)))
        let statuses = (0..<8).map { _ in status(ask(bench, at: 0)) }
        #expect(statuses == [200, 200, 200, 200, 200, 200, 429, 429])
        guard case .failure(let error) = ask(bench, at: 0).answer else { return }
        #expect(error.retryAfter == 10)
        #expect(status(ask(bench, at: 9.9)) == 429)
        #expect(status(ask(bench, at: 10)) == 200)
    }

    @Test("Headers tell limit, remaining and reset, and there are none without limits")
    func headers() {
        let bench = Bench(
            EmulatorConfiguration(latency: .none, limits: EmulatedLimits(requests: 10, inputTokens: 6000)))
        let headers = Dictionary(uniqueKeysWithValues: ask(bench, at: 0).limitHeaders)
        #expect(headers["anthropic-ratelimit-requests-limit"] == "10")
        #expect(headers["anthropic-ratelimit-requests-remaining"] == "9")
        #expect(headers["anthropic-ratelimit-requests-reset"] == "2026-01-05T00:00:06Z")
        // 1,012 tokens of 6,000 a minute take 10 s.
        #expect(headers["anthropic-ratelimit-input-tokens-remaining"] == "4988")
        #expect(headers["anthropic-ratelimit-input-tokens-reset"] == "2026-01-05T00:00:10Z")
        #expect(headers["anthropic-ratelimit-tokens-limit"] == "6000")
        #expect(headers["anthropic-ratelimit-output-tokens-limit"] == nil)
        #expect(ask(Bench(), at: 0).limitHeaders.isEmpty)
    }

    @Test("What is read from the cache does not count")
    func reads() throws {
        let bench = Bench(EmulatorConfiguration(latency: .none, limits: EmulatedLimits(inputTokens: 2000)))
        guard case .success(let answer) = ask(bench, at: 0).answer else { return }
        bench.provider.commit(answer, now: .zero)
        for _ in 0..<20 { #expect(status(ask(bench, at: 0)) == 200) }
    }

    @Test("Workspaces and models have accounts of their own")
    func accounts() {
        let bench = Bench(EmulatorConfiguration(latency: .none, limits: EmulatedLimits(requests: 1)))
        #expect(status(ask(bench, at: 0)) == 200)
        #expect(status(ask(bench, at: 0)) == 429)
        let other = Caller(workspace: "other", betas: [], region: "")
        #expect(status(bench.provider.begin(Array(Bodies.request().utf8), from: other, now: .zero)) == 200)
        let model = Array(Bodies.request(model: "claude-opus-5-5").utf8)
        #expect(status(bench.provider.begin(model, from: caller, now: .zero)) == 200)
    }
}
