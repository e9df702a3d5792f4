import PromptCache
import SteppedTime
import WarmingPolicies

/// Traffic that is made to be dear: regimes that change as soon as they are learned, and an adversary who watches what the
/// policy does.
struct HostileTraffic {
    private var random: SeededRandom
    private let prices: PriceRatios
    private static let start = Moment(secondsSince1970: 1_790_000_000)

    init(seed: UInt64, prices: PriceRatios) {
        random = SeededRandom(seed: seed)
        self.prices = prices
    }

    private func trace(_ starts: [Moment], tokens: Int) -> Trace {
        Trace(
            requests: starts.map { TraceRequest(start: $0, scope: 0, prefixTokens: tokens) },
            horizon: .after(.seconds(1_000_000)))
    }

    /// Bursts, silences, clockwork and floods in turn, with the worst gap for what was learned in between.
    mutating func regimes(requests: Int) -> Trace {
        var (now, starts) = (Self.start, [Moment]())
        while starts.count < requests {
            let usual = random.pick([5, 60, 200, 290, 301, 600, 1800, 3550, 3601, 5000, 7200, 20_000, 90_000])
            for _ in 0..<Int.random(in: 1...25, using: &random) {
                starts.append(now)
                let isTrap = random.chance(15)
                now = now + .seconds(isTrap ? random.pick([301, 3601, 10_600, 32_000, 200_000]) : usual)
            }
        }
        return trace(Array(starts.prefix(requests)), tokens: Int.random(in: 1000...100_000, using: &random))
    }

    /// Comes back a second after the entry has gone that the policy paid to hold, or just before it would have let go, or
    /// not for days once it has learned to hold.
    mutating func adversary(requests: Int) -> Trace {
        let tokens = Int.random(in: 1000...100_000, using: &random)
        var schedule = WarmSchedule(policy: .adaptive)
        var shared = SharedStatistics(utcOffset: nil)
        var (now, starts, held, expiry) = (Self.start, [Moment](), Lifetime?.none, Moment.distantPast)
        for _ in 0..<requests {
            starts.append(now)
            let isCold = now > expiry
            schedule.arrival(Arrival(start: now, prefixTokens: tokens), shared: &shared, prices: prices)
            if isCold { held = schedule.lifetimeToWrite(prices: prices, shared: shared) }
            schedule.answered(verdict: held == nil ? .uncached : isCold ? .rewritten : .hit, shared: &shared)
            let write = held.map { prices.write($0) } ?? 1
            schedule.paid(Double(tokens) * (isCold ? write : prices.read))
            expiry = now + (held?.duration ?? .zero)
            let patience = random.chance(30) ? Int.random(in: 0...40, using: &random) : .max
            var (last, pings) = (now, 0)
            while let lifetime = held, pings < patience {
                let timing = Timing(lifetime: lifetime, margin: .zero)
                guard let at = schedule.next(after: last, timing: timing, prices: prices, shared: shared).moment else {
                    break
                }
                shared.advance(to: at)
                let decision = schedule.next(after: at, timing: timing, prices: prices, shared: shared)
                last = at
                guard decision.isPing else { break }
                schedule.pinged(at: at, verdict: .hit, lifetime: lifetime)
                schedule.paid(prices.read * Double(tokens) + 10)
                expiry = at + lifetime.duration
                pings += 1
            }
            now = max(now + .seconds(1), expiry + .seconds(random.chance(85) ? 1 : random.pick([-2, 3600, 200_000])))
        }
        return trace(starts, tokens: tokens)
    }
}
