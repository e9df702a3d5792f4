import Foundation
import PromptCache
import SteppedTime
import Testing
import WarmingPolicies

@Suite struct WarmPolicyTests {
    private static let extremes = [
        "every:1s@5m", "every:3599.999s@1h", "every:1.5s@1h", "idle:0@1h", "idle:1000@5m", "adaptive:0.25",
    ]

    @Test(arguments: WarmPolicy.forms + extremes)
    func `a policy prints as the name it was read from`(name: String) throws {
        let policy = try WarmPolicy(name)
        #expect(policy.name == name)
        #expect(try JSONDecoder().decode([WarmPolicy].self, from: JSONEncoder().encode([policy])) == [policy])
    }

    @Test func `any policy is read back from its name`() throws {
        var random = SeededRandom(seed: 6)
        for _ in 0..<2000 {
            let lifetime: Lifetime = Bool.random(using: &random) ? .fiveMinutes : .oneHour
            let spacing: Duration = .milliseconds(Int.random(in: 1000..<299_999, using: &random))
            let pings = Int.random(in: 0...1000, using: &random)
            let policies: [WarmPolicy] = [
                .uncached, .off(lifetime), .breakEven(lifetime), try .every(spacing, lifetime: lifetime),
                try .idle(pings: pings, lifetime: lifetime),
                try .idle(pings: pings, spacing: spacing, lifetime: lifetime),
            ]
            for policy in policies { #expect(try WarmPolicy(policy.name) == policy) }
        }
    }

    @Test func `minutes and hours are understood`() throws {
        #expect(try WarmPolicy("every:4m@5m").name == "every:240s@5m")
        #expect(try WarmPolicy("every:0.5h@1h").name == "every:1800s@1h")
    }

    @Test(arguments: [
        ("every:300s@5m", WarmPolicyError.Code.interval, "not below the lifetime of 300s"),
        ("every:1h@1h", .interval, "take at most 3599s"), ("idle:2/300s@5m", .interval, "each would pay for a write"),
        ("every:0s@5m", .interval, "too short"), ("every:0.0001s@5m", .interval, "not a duration"),
        ("every@5m", .interval, "240s"), ("every:240@5m", .interval, "'240' is not a duration"),
        ("every:-5s@5m", .interval, "not a duration"), ("every:240s", .lifetime, "write every:240s@5m or every"),
        ("off@10m", .lifetime, "there are 5m and 1h"), ("uncached@5m", .lifetime, "write uncached"),
        ("idle@5m", .number, "idle:2@5m"), ("idle:two@5m", .number, "idle:2@5m"), ("idle:-1@5m", .number, "0 to 1000"),
        ("idle:1001@5m", .number, "0 to 1000"), ("adaptive@5m", .lifetime, "write adaptive"),
        ("adaptive:much", .number, "adaptive:0.25"), ("adaptive:-1", .number, "0 to 100"),
        ("adaptive:0.0001", .number, "in thousandths"), ("optimum", .unavailable, "take adaptive"),
        ("of@5m", .unknown, "did you mean off@5m?"),
        ("evry:240s@5m", .unknown, "did you mean every:240s@5m?"), ("breakeven@1h", .unknown, "break-even@"),
        ("idel:2@5m", .unknown, "did you mean idle:2@5m?"), ("", .unknown, "there are uncached, off@5m"),
        ("warm it please", .unknown, "there are uncached, off@5m"), ("off:3@5m", .unknown, "did you mean off@5m?"),
    ])
    func `mistakes say what to write instead`(name: String, code: WarmPolicyError.Code, words: String) {
        let error = #expect(throws: WarmPolicyError.self) { try WarmPolicy(name) }
        #expect(error?.code == code)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
    }

    @Test func `an interval not below the lifetime cannot be constructed`() {
        #expect(throws: WarmPolicyError.self) { try WarmPolicy.every(.seconds(300), lifetime: .fiveMinutes) }
        #expect(throws: WarmPolicyError.self) { try WarmPolicy.every(.seconds(7200), lifetime: .oneHour) }
        #expect(throws: WarmPolicyError.self) { try WarmPolicy.every(.microseconds(1_000_001), lifetime: .oneHour) }
        #expect(throws: WarmPolicyError.self) {
            try WarmPolicy.idle(pings: 1, spacing: .seconds(301), lifetime: .fiveMinutes)
        }
    }

    @Test func `a policy has a counterpart for the other lifetime`() throws {
        let counterparts = try WarmPolicy.forms.map { try WarmPolicy($0).counterpart(for: .oneHour).name }
        #expect(
            counterparts == [
                "uncached", "off@1h", "off@1h", "every:3540s@1h", "idle:2@1h", "idle:2@1h", "break-even@1h",
                "break-even@1h", "adaptive",
            ])
        #expect(try WarmPolicy("every:240s@5m").counterpart(for: .fiveMinutes).name == "every:240s@5m")
    }

    @Test func `policies that let go need to be told of arrivals`() throws {
        let needing = try WarmPolicy.forms.filter { try WarmPolicy($0).needsArrivals }
        #expect(needing == ["idle:2@5m", "idle:2/295s@5m", "break-even@5m", "break-even@1h", "adaptive"])
        let pinging = try WarmPolicy.forms.filter { try WarmPolicy($0).everPings }
        #expect(pinging == ["every:240s@5m"] + needing)
    }

    @Test(arguments: [(0.1, 11, 19), (0.05, 24, 39), (0.025, 49, 79), (1.25, 0, 0), (2, 0, 0), (0, 1000, 1000)])
    func `break-even is where pings have cost a write`(read: Double, fiveMinutes: Int, oneHour: Int) {
        let prices = PriceRatios(read: read)
        #expect(prices.breakEvenPings(.fiveMinutes) == fiveMinutes)
        #expect(read == 1.25 || prices.breakEvenPings(.oneHour) == oneHour)
    }

    @Test func `prices that are no numbers never pay for a ping`() {
        #expect(PriceRatios(read: .nan).breakEvenPings(.fiveMinutes) == 0)
        #expect(PriceRatios(read: -1).breakEvenPings(.oneHour) == 0)
        #expect(PriceRatios(read: 0.1, write5m: .nan, write1h: -2).breakEvenPings(.fiveMinutes) == 0)
        #expect(PriceRatios(input: 0, read: 0, write5m: 0, write1h: 0).breakEvenPings(.oneHour) == 0)
    }
}
