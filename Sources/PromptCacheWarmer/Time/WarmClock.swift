public import WarmingPolicies

/// Where a warmer takes its time from: the machine's clocks, or stepped time in tests and demonstrations.
///
/// To implement one that is stepped: time may move only while nobody holds it. ``hold()`` and ``release()`` bracket
/// running work; ``sleep(until:)`` gives its caller's hold up while asleep and takes it back before it returns, also when
/// it is cancelled. A clock that runs by itself ignores holds.
public protocol WarmClock: Sendable {
    /// The time now, on both axes.
    var now: ClockReading { get }

    /// Waits until the elapsed axis reaches a moment.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(until deadline: Moment) async throws

    /// Says that work has begun which time must not overtake.
    func hold()

    /// Says that such work is over.
    func release()
}

/// One reading of a clock.
public struct ClockReading: Hashable, Sendable {
    /// Elapsed time, which never jumps and runs on while the machine sleeps. Schedules live on it.
    public var elapsed: Moment
    /// The time of day. Budgets and opening hours follow it.
    public var wall: Moment

    public init(elapsed: Moment, wall: Moment) {
        self.elapsed = elapsed
        self.wall = wall
    }

    /// The moment at which the elapsed axis will be when the wall shows a time, if nobody sets the clock meanwhile.
    public func elapsed(atWall wallMoment: Moment) -> Moment { elapsed + (wallMoment - wall) }
}
