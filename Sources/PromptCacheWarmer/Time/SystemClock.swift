import Foundation
public import WarmingPolicies

/// The machine's clocks.
public struct SystemClock: WarmClock {
    private let startedAt: ContinuousClock.Instant
    private let startedAtWall: Moment

    /// Anchors elapsed time at the wall time of now.
    public init() {
        startedAt = ContinuousClock.now
        startedAtWall = Self.wall
    }

    /// The machine's time of day.
    public static var wall: Moment {
        Moment(secondsSince1970: Date().timeIntervalSince1970)
    }

    public var now: ClockReading {
        ClockReading(elapsed: startedAtWall + (ContinuousClock.now - startedAt), wall: Self.wall)
    }

    public func sleep(until deadline: Moment) async throws {
        try await Task.sleep(until: startedAt + (deadline - startedAtWall), clock: .continuous)
    }

    public func hold() {}
    public func release() {}
}
