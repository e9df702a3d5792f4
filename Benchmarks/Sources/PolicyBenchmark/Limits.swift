import Foundation
import PromptCache
import WarmingPolicies

/// What the policy costs at worst, in money, time and memory.
enum Limits {
    /// 1,000 hostile traces with the lifetime ours: the cost beyond a constant per scope, against the least possible.
    static func hostile() {
        // In prefixes: 4 are allowed before the bound takes hold, the dearest gap in which it does costs 6.8, the pings after
        // the last arrival 4.8; the rest is what the safe policy's own cost has for a constant, times 1.15.
        let constant = 20.0
        var worst: [String: (bounded: Double, long: Double)] = [:]
        for number in 0..<1000 {
            let prices = PriceRatios(read: [0.1, 0.05, 0.025][number % 3])
            var traffic = HostileTraffic(seed: UInt64(number + 1), prices: prices)
            let isAdversary = number.isMultiple(of: 2)
            let requests = 20 + number % 400
            let trace = isAdversary ? traffic.adversary(requests: requests) : traffic.regimes(requests: requests)
            let cost = Simulation(trace, prices: prices).run(.adaptive).cost
            let optimum = Clairvoyant.optimum(trace, prices: prices).cost
            let allowed = constant * Double(trace.requests[0].cachedTokens)
            var found = worst[isAdversary ? "adversary" : "regimes"] ?? (0, 0)
            found.bounded = max(found.bounded, (cost - allowed) / optimum)
            // Where there is much of it, the constant does not count.
            if requests >= 200 { found.long = max(found.long, cost / optimum) }
            worst[isAdversary ? "adversary" : "regimes"] = found
        }
        for (name, found) in worst.sorted(by: { $0.key < $1.key }) {
            print(
                "hostile, 500 \(name): at most \(plain(found.bounded)) × optimum + 20 prefixes; of 200 requests or more at most "
                    + "\(plain(found.long)) × optimum")
        }
    }

    /// Traces of odd shapes.
    static func oddTraces() {
        let start = Moment(secondsSince1970: 1_790_000_000)
        func run(_ name: String, _ requests: [TraceRequest]) {
            let trace = Trace(requests: requests)
            let (result, seconds) = timed { Simulation(trace, prices: .usual).run(.adaptive) }
            let each = plain(seconds / Double(requests.count) * 1e6)
            print(
                "\(name): \(result.coldStarts) cold starts, \(result.pings) pings, \(plain(seconds)) s, \(each) µs a row"
            )
        }
        run(
            "a million rows of one scope",
            (0..<1_000_000).map {
                TraceRequest(start: start + .seconds($0 * 97 % 1009 + $0 * 60), scope: 0, prefixTokens: 9000)
            })
        run(
            "years between rows",
            (0..<20).map { TraceRequest(start: start + .seconds($0 * 86_400 * 365), scope: $0 % 2, prefixTokens: 9000) }
        )
        run(
            "a million scopes, two rows each",
            (0..<2_000_000).map {
                TraceRequest(start: start + .milliseconds($0 * 40), scope: $0 % 1_000_000, prefixTokens: 9000)
            })
    }

    /// The memory of a million scopes that learn.
    static func memory() {
        let before = used
        var shared = SharedStatistics()
        let start = Moment(secondsSince1970: 1_790_000_000)
        var schedules = [WarmSchedule](repeating: WarmSchedule(policy: .adaptive), count: 1_000_000)
        for round in 0..<3 {
            for scope in schedules.indices {
                let at = start + .milliseconds(round * 500_000 + scope / 2)
                schedules[scope].arrival(Arrival(start: at, prefixTokens: 9000), shared: &shared, prices: .usual)
            }
        }
        print(
            "a million scopes that learn: \((used - before) >> 20) MB, \(schedules[0].stored().count) bytes each stored"
        )
    }

    private static var used: Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
