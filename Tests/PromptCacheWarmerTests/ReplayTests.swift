import CachePrices
import Logging
import PromptCache
import SteppedTime
import Synchronization
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A warmer that a recorded trace is played to in stepped time")
struct ReplayTests {
    private static let scopes = 4

    /// Requests of several scopes over days: bursts, pauses around every edge, nights.
    private func trace(seed: UInt64, tokens: Int) -> Trace {
        var random = SeededRandom(seed: seed)
        let start = SteppedClock.start
        var requests: [TraceRequest] = []
        for scope in 0..<Self.scopes {
            var time = Double(Int.random(in: 0...3600, using: &random))
            for _ in 0..<60 {
                // Never at the moment of a ping, where either could come first.
                let at =
                    start + .milliseconds(Int64(time * 1000) / 1000 * 1000 + Int64.random(in: 1...998, using: &random))
                requests.append(TraceRequest(start: at, scope: scope, prefixTokens: tokens))
                time +=
                    random.chance(60)
                    ? Double.random(in: 1...400, using: &random)
                    : Double(random.pick([284, 299, 301, 420, 600, 900, 2000, 3590, 3700, 7200, 30_000]))
            }
        }
        return Trace(requests: requests, horizon: .until(start + .seconds(12 * 86_400)), utcOffset: 0)
    }

    @Test(
        "sends the pings of the simulator, ping for ping",
        arguments: ["adaptive", "adaptive:0.25", "idle:3@5m", "idle:2/200s@5m", "break-even@5m", "off@5m"])
    func pings(policy: String) async throws {
        try await compare(try WarmPolicy(policy), .fiveMinutes)
    }

    @Test("and also for an hour", arguments: ["adaptive", "idle:2@1h", "break-even@1h"])
    func hours(policy: String) async throws {
        try await compare(try WarmPolicy(policy), .oneHour)
    }

    private func compare(_ policy: WarmPolicy, _ lifetime: Lifetime) async throws {
        let clock = SteppedClock()
        let bodies = (0..<Self.scopes).map {
            Prompts.body("\($0)", model: "claude-sonnet-4-5", ttl: lifetime.rawValue)
        }
        let trace = trace(seed: 31, tokens: bodies[0].count / 4)
        let cache = IdealCache(clock: clock, lifetime: lifetime, tokens: bodies[0].count / 4)
        let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let warmer = CacheWarmer(
            clients: ["default": cache],
            options: WarmerOptions(
                budget: .perDay(.usd("1000")), clock: clock, logger: silent, pingsPerSecond: 1e9, random: { 0 }))
        for (number, body) in bodies.enumerated() {
            try await warmer.add(WarmScope(name: "\(number)", body: body, policy: policy, verifies: false))
        }
        await warmer.start()
        await clock.settle()
        for request in trace.requests {
            await clock.time.advance(by: request.start - clock.now.elapsed)
            let usage = cache.touch(bodies[request.scope], at: request.start)
            warmer.noteArrival(of: "\(request.scope)", at: request.start, usage: usage)
            await clock.settle()
        }
        await clock.time.advance(by: SteppedClock.start + .seconds(12 * 86_400) - clock.now.elapsed)
        let expected = Simulation(trace, prices: .usual, lifetime: lifetime).pings(policy)
        let sent = cache.pings.map { (at: $0.at, scope: bodies.firstIndex(of: $0.body) ?? -1) }
        #expect(sent.count == expected.count)
        #expect(policy.everPings == !sent.isEmpty)
        for (sent, expected) in zip(sent, expected) { #expect(sent == expected) }
        let hits = cache.pings.count { $0.isHit }
        #expect(hits == sent.count)
        await warmer.stop()
    }
}

/// A provider that keeps what was touched for its lifetime to the end, and answers at once.
private final class IdealCache: WarmCall {
    struct Ping {
        var at: Moment
        var body: [UInt8]
        var isHit: Bool
    }

    private struct State {
        var touched: [PrefixKey: Moment] = [:]
        var pings: [Ping] = []
        var bodies: [PrefixKey: [UInt8]] = [:]
    }

    private let clock: SteppedClock
    private let lifetime: Lifetime
    private let tokens: Int
    private let state = Mutex(State())

    init(clock: SteppedClock, lifetime: Lifetime, tokens: Int) {
        (self.clock, self.lifetime, self.tokens) = (clock, lifetime, tokens)
    }

    var pings: [Ping] { state.withLock(\.pings) }

    /// A request of the user's.
    func touch(_ body: [UInt8], at moment: Moment) -> Usage {
        state.withLock { state in
            let key = Self.key(body)
            state.bodies[key] = body
            return usage(isWarm: touch(key, at: moment, &state))
        }
    }

    func send(_ request: WarmRequest) async throws -> WarmResponse {
        let now = clock.now.elapsed
        let answer = state.withLock { state in
            let key = Self.key(request.body)
            let isWarm = touch(key, at: now, &state)
            state.pings.append(Ping(at: now, body: state.bodies[key] ?? [], isHit: isWarm))
            return usage(isWarm: isWarm)
        }
        return WarmResponse(status: 200, usage: answer)
    }

    private func touch(_ key: PrefixKey, at moment: Moment, _ state: inout State) -> Bool {
        defer { state.touched[key] = moment }
        return state.touched[key].map { moment - $0 <= lifetime.duration } ?? false
    }

    private func usage(isWarm: Bool) -> Usage {
        if isWarm { return Usage(input: 3, read: tokens) }
        return lifetime == .oneHour ? Usage(input: 3, write1h: tokens) : Usage(input: 3, write5m: tokens)
    }

    private static func key(_ body: [UInt8]) -> PrefixKey {
        guard let key = (try? MessagesRequest(body))?.lastPrefix(in: RequestContext())?.key else {
            fatalError("the body of a test has no prefix")
        }
        return key
    }
}
