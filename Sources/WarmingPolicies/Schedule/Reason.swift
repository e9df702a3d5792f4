/// Why a schedule decided as it did, with the numbers that it went by; prints as one plain sentence.
///
/// Costs are in multiples of the prefix's tokens at the input price.
public struct Reason: Hashable, Sendable, Codable {
    /// A stable name for logs, metrics and the ledger. Later versions may add to these.
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// Ping: nothing has been cached yet.
        case prewarm = "pre-warm"
        /// Ping: the entry is alive and worth keeping so.
        case hold
        /// Ping: the entry has gone, and the policy holds for ever.
        case writeAgain = "write-again"
        /// Ping: the last one wrote what it should have read; see whether that is read now.
        case confirm
        /// Ping: the last one was not cached at all; try once more.
        case tryAgain = "try-again"
        /// Ping: somebody asked to keep it whatever it costs.
        case kept
        /// Ping: it is expected to save more than it costs.
        case pays
        /// Rest: a ping is expected to cost more than it saves.
        case paysNot = "pays-not"
        /// Rest: whether to ping is decided when the next one is due.
        case undecided
        /// Rest: the conversation was said to be over.
        case dropped
        /// Rest: the policy does not use the cache.
        case uncached
        /// Rest: the policy never pings.
        case off
        /// Rest: nobody has used the scope yet.
        case noArrivalYet = "no-arrival-yet"
        /// Rest: all pings that the policy allows since the last arrival have been sent.
        case enough
        /// Rest: the entry has gone, and a write is only worth it when somebody comes.
        case cold
        /// Stopped: ping after ping writes what it should read.
        case diverged
        /// Stopped: the provider does not cache it.
        case notCached = "not-cached"
        /// Stopped: pings hit what arrivals miss.
        case elsewhere
        /// Rest: outside the hours in which to warm.
        case closed
    }

    /// What kind of reason it is.
    public internal(set) var code: Code
    /// The pings sent since the last arrival, or since the pre-warm before any.
    public let pings: Int
    /// How many the policy allows; nil without a limit.
    public let mostPings: Int?
    /// How long the entry will still live without a ping, in seconds; nil where there is none.
    public let secondsLeft: Double?
    /// What the next ping costs: a read, or a write where the entry has gone.
    public internal(set) var pingCost: Double?
    /// What the next arrival pays more if it finds the entry gone: write − read.
    public internal(set) var missCost: Double?
    /// The chance that somebody arrives before the ping after the next one; nil for policies that do not estimate it.
    public internal(set) var chance: Double?
    /// What the next ping is expected to save, less its cost; nil for policies that do not estimate it.
    public internal(set) var expectedValue: Double?
    /// How many pings have failed in a row; the schedule waits longer after each.
    public let failures: Int

    enum CodingKeys: String, CodingKey {
        case code, pings, failures, chance
        case mostPings = "most_pings"
        case secondsLeft = "seconds_left"
        case pingCost = "ping_cost"
        case missCost = "miss_cost"
        case expectedValue = "expected_value"
    }

    init(
        _ code: Code, pings: Int = 0, mostPings: Int? = nil, secondsLeft: Double? = nil, pingCost: Double? = nil,
        missCost: Double? = nil, failures: Int = 0
    ) {
        self.code = code
        self.pings = pings
        self.mostPings = mostPings
        self.secondsLeft = secondsLeft
        // A price that is not known to be finite is no number to report, and JSON has none for it.
        self.pingCost = pingCost.flatMap { $0.isFinite ? $0 : nil }
        self.missCost = missCost.flatMap { $0.isFinite ? $0 : nil }
        self.failures = failures
    }

    /// With the numbers of an estimate.
    func with(_ outlook: PingOutlook) -> Reason {
        var reason = self
        reason.chance = outlook.chance
        reason.pingCost = outlook.pingCost.isFinite ? outlook.pingCost : nil
        reason.missCost = outlook.missCost.isFinite ? outlook.missCost : nil
        reason.expectedValue = outlook.value.isFinite ? outlook.value : nil
        return reason
    }
}

extension Reason: CustomStringConvertible {
    public var description: String {
        switch code {
        case .prewarm: "nothing is cached yet, so write it now" + costs
        case .hold: "keep it warm: ping \(pings + 1)\(limit)\(since)\(life)" + costs
        case .writeAgain: "the entry has gone and the policy holds it for ever, so write it again" + costs
        case .confirm: "the last ping wrote what it should have read, so ask once more whether it is cached"
        case .tryAgain: "the last ping was neither read from the cache nor written to it, so try once more"
        case .kept: "it is to be kept whatever it costs\(life)" + costs
        case .pays: "a ping pays: \(odds)\(life)" + costs
        case .paysNot: "a ping does not pay, so let it go: \(odds)\(life)" + costs
        case .undecided: "whether a ping pays is decided when it is due"
        case .dropped: "the conversation was said to be over"
        case .uncached: "the policy does not use the cache"
        case .off: "the policy never pings"
        case .noArrivalYet: "nobody has used it yet, and the policy begins with the first arrival"
        case .enough where mostPings == 0: "the policy allows no ping here, so let it go" + costs
        case .enough: "all \(mostPings ?? pings) pings since the last arrival are spent, so let it go\(life)"
        case .cold: "the entry has gone, and the next arrival will write it"
        case .diverged:
            "stopped: pings keep writing what they should read, so what is sent is not what is cached; "
                + "compare the request with real traffic, then resume"
        case .notCached:
            "stopped, not cached: the prefix is below the model's minimum or not marked; mend the request, then resume"
        case .elsewhere:
            "stopped: arrivals miss what pings hit, so pings reach another region or workspace; send them where the "
                + "traffic goes, then resume"
        case .closed: "outside the hours in which to keep it warm"
        }
    }

    private var odds: String {
        "a chance of \(Self.plain((chance ?? 0) * 100)) % that somebody comes before the next one"
    }
    private var limit: String { mostPings.map { " of \($0)" } ?? "" }
    private var since: String { mostPings == nil ? "" : " since the last arrival" }
    private var life: String { secondsLeft.map { ", \(Self.plain($0)) s of life left" } ?? "" }

    private var costs: String {
        guard let pingCost, let missCost else { return "" }
        let value = expectedValue.map { ", expected gain \(Self.plain($0))" } ?? ""
        return "; a ping costs \(Self.plain(pingCost)) and a miss \(Self.plain(missCost)) × the prefix\(value)"
    }

    /// To a thousandth, without a trailing `.0`.
    private static func plain(_ number: Double) -> String {
        let text = "\((number * 1000).rounded() / 1000)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
