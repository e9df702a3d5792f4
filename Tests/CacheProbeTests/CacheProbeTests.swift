import CachePrices
import CacheProbe
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import Testing

@Suite("A probe")
struct CacheProbeTests {
    @Test("finds a provider as it is documented, for less than was said beforehand")
    func documented() async throws {
        let report = try await ProbeBench.run { try await $0.probe() }
        let cache = report.cache
        let minimum = try cache.minimum.unwrapped
        #expect(minimum.uncached < 512 && 512 <= minimum.cached)
        #expect(minimum.cached - minimum.uncached < 30)
        #expect(cache.zeroTokens == .refreshes && cache.readRefreshes == true && cache.honoursHour == true)
        #expect(cache.hourOnTop == .segment && cache.lifetimeInKey == false)
        #expect(cache.held == .init(atLeast: .seconds(285), goneAt: .seconds(305)))
        #expect(try cache.readableAfter.unwrapped <= .seconds(0.5))
        #expect(report.answers.map(\.question) == ProbeQuestion.allCases)
        #expect(report.cost > .zero)
        #expect(report.cost < ProbeQuestion.allCases.worstCase(try ProbeBench.price))
        #expect(CacheProfile([cache]).rules(for: ProbeBench.model, at: cache.endpoint).obstacleToPings == nil)
    }

    @Test("pays what the provider bills, to the last token")
    func money() async throws {
        try await ProbeBench.run { bench in
            let report = try await bench.probe([.minimum, .readable, .lifetimeInKey])
            let bill = bench.emulator.bill(of: "me")
            let usage = Usage(
                input: bill.input, write5m: bill.write5m, write1h: bill.write1h, read: bill.read, output: bill.output)
            #expect(report.cost == (try ProbeBench.price).cost(of: usage).total)
            #expect(report.calls == bench.emulator.requests(of: "me"))
        }
    }

    @Test("finds another minimum", arguments: [100, 1024, 2048])
    func minimum(tokens: Int) async throws {
        let report = try await ProbeBench.run(#"[{"minimum_tokens": \#(tokens)}]"#) { try await $0.probe([.minimum]) }
        let minimum = try report.cache.minimum.unwrapped
        #expect(minimum.uncached < tokens && tokens <= minimum.cached)
        #expect(minimum.cached - minimum.uncached <= max(30, tokens / 20))
    }

    @Test("finds how late an entry can be read")
    func readable() async throws {
        let report = try await ProbeBench.run(#"[{"readable_after_ms": 3000}]"#) { try await $0.probe([.readable]) }
        let after = try report.cache.readableAfter.unwrapped
        #expect(after >= .seconds(3) && after <= .seconds(5))
    }

    @Test("finds that reads without output refresh nothing, and has pings ask for a token")
    func zeroDoesNot() async throws {
        let report = try await ProbeBench.run(#"[{"no_refresh": "zero"}]"#) { try await $0.probe([.zero, .read]) }
        #expect(report.cache.zeroTokens == .doesNotRefresh && report.cache.readRefreshes == true)
        let rules = report.cache.applied(to: CacheRules(for: ProbeBench.model))
        #expect(rules.lowestRung == .one && rules.obstacleToPings == nil)
    }

    @Test("finds that no read refreshes, and that pings would be for nothing")
    func nothingRefreshes() async throws {
        let report = try await ProbeBench.run(#"[{"no_refresh": "all"}]"#) { try await $0.probe([.zero, .read]) }
        #expect(report.cache.zeroTokens == .doesNotRefresh && report.cache.readRefreshes == false)
        #expect(
            report.cache.applied(to: CacheRules(for: ProbeBench.model)).obstacleToPings == "a read refreshes nothing")
    }

    @Test("finds that max_tokens 0 is refused", arguments: [400, 422])
    func zeroRefused(status: Int) async throws {
        let report = try await ProbeBench.run(#"[{"refuse_zero": \#(status)}]"#) { try await $0.probe([.zero]) }
        #expect(report.cache.zeroTokens == .refused)
    }

    @Test("finds that an hour is downgraded, and says nothing of what lies on top then")
    func downgraded() async throws {
        let report = try await ProbeBench.run(#"[{"downgrade_1h": true}]"#) {
            try await $0.probe([.hour, .hourOnTop])
        }
        #expect(report.cache.honoursHour == false && report.cache.hourOnTop == nil)
        #expect(report.answers.map(\.text) == ["no: the usage says 5m", "no answer where 1h is not given"])
    }

    @Test("tells the entry model from the segment model")
    func entryModel() async throws {
        let report = try await ProbeBench.run(#"[{"model": "entry"}]"#) { try await $0.probe([.hourOnTop]) }
        #expect(report.cache.hourOnTop == .entry)
    }

    @Test("finds that the lifetime is part of the key")
    func lifetimeInKey() async throws {
        let report = try await ProbeBench.run(#"[{"ttl_in_key": true}]"#) { try await $0.probe([.lifetimeInKey]) }
        #expect(report.cache.lifetimeInKey == true)
    }

    @Test("finds how long entries really live, and claims nothing by entries that live on untouched")
    func held() async throws {
        let short = try await ProbeBench.run(#"[{"held_seconds": 250}]"#) { try await $0.probe([.held]) }
        #expect(short.cache.held == .init(atLeast: .seconds(240), goneAt: .seconds(285)))
        let long = try await ProbeBench.run(#"[{"held_seconds": 1000}]"#) { try await $0.probe([.held, .zero, .hour]) }
        #expect(long.cache.held == .init(atLeast: .seconds(600), goneAt: nil))
        #expect(long.cache.zeroTokens == nil && long.cache.honoursHour == nil)
        #expect(long.answers[1].text.hasPrefix("unknown: an entry that nobody touched was still there"))
    }

    @Test("tries again where the provider is overloaded")
    func overloaded() async throws {
        let report = try await ProbeBench.run(#"[{"status": 529, "count": 2}]"#) { try await $0.probe([.held]) }
        #expect(report.cache.held == .init(atLeast: .seconds(285), goneAt: .seconds(305)))
    }

    @Test("stops at its budget and says so")
    func budget() async throws {
        let report = try await ProbeBench.run { try await $0.probe(budget: .usd("0.02")) }
        #expect(report.cost <= .usd("0.02"))
        #expect(report.answers.contains { $0.text.hasSuffix("the budget of this probe is used up; raise --budget") })
    }

    @Test("says what the provider said where it refuses")
    func refused() async throws {
        let report = try await ProbeBench.run(#"[{"status": 401}]"#) { try await $0.probe() }
        #expect(report.answers.allSatisfy { $0.text.hasPrefix("unknown: 401 authentication_error") })
        #expect(report.cost == .zero)
    }

    @Test("keeps a warmer from coming too late where entries live shorter than promised")
    func warmerFollows() async throws {
        try await ProbeBench.run(#"[{"held_seconds": 250}]"#) { bench in
            let profile = CacheProfile([try await bench.probe([.held]).cache])
            #expect(try await bench.rewrites(.documented) > 1)
            #expect(try await bench.rewrites(profile) == 0)
        }
    }
}
