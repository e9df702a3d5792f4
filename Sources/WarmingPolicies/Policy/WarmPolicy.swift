public import PromptCache

/// The rule that decides after each arrival and each ping whether to ping, and when.
///
/// A small value that is known by its name everywhere: in YAML, on the command line and in JSON.
///
/// | name | what it does |
/// |---|---|
/// | `uncached` | never marks anything for the cache |
/// | `off@TTL` | lets the cache do what it does and never pings |
/// | `every:240s@5m` | holds for ever, with a ping 240 s after the last request or ping |
/// | `idle:2@5m` | at most two pings after the last arrival; `idle:2/295s@5m` sets how far apart |
/// | `break-even@TTL` | as many pings after the last arrival as the write that they spare would cost |
/// | `adaptive` | learns from arrivals when a ping pays, and which lifetime; `adaptive:0.25` pays a quarter of the prefix more for each cold start that it spares |
public struct WarmPolicy: Hashable, Sendable {
    enum Rule: Hashable, Sendable {
        case uncached
        case off
        case every(Duration)
        case idle(pings: Int, spacing: Duration?)
        case breakEven
        case adaptive(latency: Double)
    }

    let rule: Rule
    /// The lifetime that is asked for; nil where nothing is cached, and for the adaptive policy, which takes either.
    public let lifetime: Lifetime?

    init(_ rule: Rule, _ lifetime: Lifetime?) {
        self.rule = rule
        self.lifetime = lifetime
    }

    /// Never cache, never ping.
    public static let uncached = WarmPolicy(.uncached, nil)

    /// Cache for a lifetime and never ping.
    public static func off(_ lifetime: Lifetime) -> WarmPolicy { WarmPolicy(.off, lifetime) }

    /// Hold for ever, by a ping whenever an interval has gone by since the start of the last request or ping.
    ///
    /// - Parameter interval: from a second to just below the lifetime, in whole milliseconds. Lifetime − margin caps
    ///   it, so that `every:299s@5m` is as seldom as is safe.
    /// - Throws: ``WarmPolicyError`` for any other interval.
    public static func every(
        _ interval: Duration, lifetime: Lifetime
    ) throws(WarmPolicyError) -> WarmPolicy {
        try check(interval, "interval", lifetime)
        return WarmPolicy(.every(interval), lifetime)
    }

    /// Ping a number of times after the last arrival, then let go.
    ///
    /// - Parameters:
    ///   - pings: 0 to 1,000.
    ///   - spacing: the time between two pings, as for ``every(_:lifetime:)``; 285 s or 3,540 s unless given.
    /// - Throws: ``WarmPolicyError`` for any other number or spacing.
    public static func idle(
        pings: Int, spacing: Duration? = nil, lifetime: Lifetime
    ) throws(WarmPolicyError) -> WarmPolicy {
        guard (0...PriceRatios.mostPings).contains(pings) else {
            throw WarmPolicyError(.number, "\(pings) pings: idle takes 0 to \(PriceRatios.mostPings)")
        }
        if let spacing { try check(spacing, "spacing", lifetime) }
        return WarmPolicy(.idle(pings: pings, spacing: spacing), lifetime)
    }

    /// Ping after the last arrival as often as costs no more than the write that it spares, (w − r) / r times, then let
    /// go: 11 times for 5 minutes and 19 for an hour where a read costs a tenth.
    public static func breakEven(_ lifetime: Lifetime) -> WarmPolicy { WarmPolicy(.breakEven, lifetime) }

    /// Ping when that is expected to pay, as learned from the scope's arrivals and those of all the others.
    public static let adaptive = WarmPolicy(.adaptive(latency: 0), nil)

    /// The same, where people wait for cold starts.
    ///
    /// - Parameter latency: what sparing one is worth, in prefixes at the input price: 0 to 100, in thousandths. On
    ///   recorded traffic 0.25 costs about a quarter of a percent.
    /// - Throws: ``WarmPolicyError`` for any other value.
    public static func adaptive(latency: Double) throws(WarmPolicyError) -> WarmPolicy {
        let rounded = (latency * 1000).rounded() / 1000
        guard (0...100).contains(latency), abs(rounded - latency) < 1e-9 else {
            throw WarmPolicyError(
                .number, "a cold start worth \(latency) prefixes: adaptive takes 0 to 100 in thousandths")
        }
        return WarmPolicy(.adaptive(latency: rounded), nil)
    }

    /// Whether it learns.
    public var isAdaptive: Bool {
        if case .adaptive = rule { true } else { false }
    }

    /// What a cold start is worth in waiting, in prefixes at the input price.
    var latency: Double {
        if case .adaptive(let latency) = rule { latency } else { 0 }
    }

    /// Whether it can only decide where somebody tells of arrivals: a proxy, the host, or the control API.
    public var needsArrivals: Bool {
        switch rule {
        case .idle, .breakEven, .adaptive: true
        case .uncached, .off, .every: false
        }
    }

    /// Whether it ever pings.
    public var everPings: Bool {
        switch rule {
        case .uncached, .off, .idle(pings: 0, _): false
        case .every, .idle, .breakEven, .adaptive: true
        }
    }

    /// The time from the start of one request or ping to the next ping, before the margin caps it; nil without pings,
    /// and where it depends on a lifetime that is still to be chosen.
    public var spacing: Duration? { lifetime.flatMap { spacing($0) } }

    /// The same where an entry has a lifetime that the policy leaves open.
    func spacing(_ held: Lifetime) -> Duration? {
        let usual = (lifetime ?? held).usualSpacing
        return switch rule {
        case .uncached, .off: nil
        case .every(let interval): interval
        case .idle(_, let spacing): spacing ?? usual
        case .breakEven, .adaptive: usual
        }
    }

    /// How many pings it allows after the last arrival; nil without a limit.
    func mostPings(_ lifetime: Lifetime, _ prices: PriceRatios) -> Int? {
        switch rule {
        case .uncached, .off: 0
        case .every: nil
        case .idle(let pings, _): pings
        case .breakEven: prices.breakEvenPings(lifetime)
        case .adaptive: lifetime.mostPingsInGap
        }
    }

    private static func check(
        _ interval: Duration, _ what: String, _ lifetime: Lifetime
    ) throws(WarmPolicyError) {
        let seconds = DurationText.write(interval)
        guard interval < lifetime.duration else {
            let longest = DurationText.write(lifetime.duration - .seconds(1))
            throw WarmPolicyError(
                .interval,
                "\(what) \(seconds) is not below the lifetime of \(DurationText.write(lifetime.duration)): the entry "
                    + "would be gone before each ping, and each would pay for a write; take at most \(longest)")
        }
        guard interval >= .seconds(1) else {
            throw WarmPolicyError(.interval, "\(what) \(seconds) is too short: take 1s or more")
        }
        guard interval.nanoseconds % 1_000_000 == 0 else {
            throw WarmPolicyError(.interval, "\(what) must be whole milliseconds")
        }
    }
}

extension Lifetime {
    /// The spacing of pings that does best on recorded traffic, where the margin allows it: 285 s and 3,540 s.
    var usualSpacing: Duration {
        switch self {
        case .fiveMinutes: .seconds(285)
        case .oneHour: .seconds(3540)
        }
    }
}
