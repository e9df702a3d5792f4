public import PromptCacheWarmer
public import SteppedTime
public import WarmingPolicies

/// A warmer's clock on stepped time of this process: for tests of what a host does with a warmer, for the demo, and for
/// benchmarks. Give the emulator and the warmer the same ``SteppedTime`` and step it.
public struct SteppedClock: WarmClock {
    /// The time that it shows; `advance(by:)` moves it.
    public let time: SteppedTime

    /// Where the virtual time begins on a warmer's axes.
    public static let start = Moment(secondsSince1970: Double(SteppedTime.wallOfStart))

    public init(_ time: SteppedTime = SteppedTime()) { self.time = time }

    public var now: ClockReading {
        let moment = Self.start + time.now
        return ClockReading(elapsed: moment, wall: moment)
    }

    public func sleep(until deadline: Moment) async throws { try await time.sleep(until: deadline - Self.start) }
    public func hold() { time.hold() }
    public func release() { time.release() }
}
