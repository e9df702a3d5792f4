public import SteppedTime

/// How an emulator runs.
public struct EmulatorConfiguration: Sendable {
    /// The address to listen on; loopback unless told otherwise.
    public var host: String
    /// The port; 0 for any.
    public var port: Int
    /// Everything at random comes from it: same seed, same behaviour.
    public var seed: UInt64
    /// How long responses take to begin.
    public var latency: LatencyModel
    /// Where it takes its time from.
    public var time: SteppedTime
    /// Whether a read refreshes the request's own earlier breakpoints too; the provider does not say.
    public var refreshesEarlierBreakpoints: Bool
    /// What a workspace may send to a model in a minute; without limits unless told otherwise.
    public var limits: EmulatedLimits
    /// How many requests it remembers to be read back, at least nine tenths of them; a million unless told otherwise.
    public var mostRecords: Int

    public init(
        host: String = "127.0.0.1", port: Int = 0, seed: UInt64 = 1, latency: LatencyModel = .usual,
        time: SteppedTime = SteppedTime(), refreshesEarlierBreakpoints: Bool = true,
        limits: EmulatedLimits = EmulatedLimits(), mostRecords: Int = 1_000_000
    ) {
        self.host = host
        self.port = port
        self.seed = seed
        self.latency = latency
        self.time = time
        self.refreshesEarlierBreakpoints = refreshesEarlierBreakpoints
        self.limits = limits
        self.mostRecords = mostRecords
    }
}
