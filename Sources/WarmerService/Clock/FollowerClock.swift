import Foundation
public import PromptCacheWarmer
public import ServiceLifecycle
import SteppedTime
import Synchronization
public import WarmingPolicies

/// A clock that follows an emulator's: time moves only when the emulator says so, and the emulator waits until everything
/// that is due here has been done.
///
/// It has to run as a service while it is used; ``WarmerDaemon`` does that itself.
public final class FollowerClock: WarmClock, Service {
    private let link: EmulatorLink
    private let time: FollowerTime
    private let start: Moment
    /// The time at which following has ended; it stands still from then on.
    private let end = Mutex<Duration?>(nil)

    private init(_ link: EmulatorLink, _ clock: Participant.Clock, start: Moment) {
        self.link = link
        self.start = start
        time = FollowerTime(clock)
    }

    /// Joins an emulator's clock.
    ///
    /// - Parameters:
    ///   - url: the emulator's base URL, for example `http://127.0.0.1:8080`.
    ///   - name: what the emulator calls this process: letters, digits and `-`; unique there.
    /// - Throws: ``ClockError`` if there is no emulator.
    public static func join(_ url: String, as name: String = defaultName) async throws -> FollowerClock {
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        guard base.hasPrefix("http://") || base.hasPrefix("https://") else {
            throw ClockError("'\(url)' is no base URL: give --clock the URL that warmer emulate prints")
        }
        let link = EmulatorLink(base: base, participant: name)
        let (seen, wallOfStart) = try await link.clock()
        // Time stands still from here on until this process says that it is idle.
        let joined = try await link.report(Participant.Report(epoch: seen.epoch, active: 1, nextWake: nil))
        return FollowerClock(link, joined, start: Moment(nanosecondsSince1970: 0) + .seconds(wallOfStart))
    }

    /// A name that no other process on this machine has now.
    public static var defaultName: String { "warmer-\(ProcessInfo.processInfo.processIdentifier)" }

    /// What requests to the emulator bear, so that it knows on whose hold they stand.
    public var headers: [WarmHeader] { [WarmHeader("x-emulator-participant", link.participant)] }

    public var now: ClockReading {
        let moment = start + (end.withLock(\.self) ?? time.now)
        return ClockReading(elapsed: moment, wall: moment)
    }

    /// Sleeps until the emulator's time is there.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, or when time is no longer followed: it never comes.
    public func sleep(until deadline: Moment) async throws {
        if hasEnded { throw CancellationError() }
        try await time.sleep(until: deadline - start)
        if hasEnded { throw CancellationError() }
    }

    private var hasEnded: Bool { end.withLock { $0 != nil } }

    /// Runs a body on this clock, which is followed for as long as that takes.
    ///
    /// - Throws: what the body throws, or ``ClockError`` if the emulator is lost.
    public func following<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            hold()
            group.addTask {
                try await self.run()
                return nil
            }
            group.addTask {
                defer { self.release() }
                return try await body()
            }
            defer { group.cancelAll() }
            while let next = try await group.next() {
                if let next { return next }
            }
            throw CancellationError()
        }
    }

    /// The same client, whose requests the emulator knows to stand on this process's hold.
    public func participating(_ client: any WarmCall) -> any WarmCall { ParticipatingCall(client: client, time: time) }

    private struct ParticipatingCall: WarmCall {
        let client: any WarmCall
        let time: FollowerTime

        var endpoint: String { client.endpoint }

        func payer(of headers: [WarmHeader]) -> String? { client.payer(of: headers) }

        func send(_ request: WarmRequest) async throws -> WarmResponse {
            await time.caughtUp()
            return try await client.send(request)
        }
    }

    /// Waits until the emulator knows how things stand here.
    func caughtUp() async { await time.caughtUp() }

    public func hold() { time.hold() }
    public func release() { time.release() }

    /// Carries reports to the emulator and time from it, until the task is cancelled or its service group shuts down;
    /// then the emulator no longer waits for this process. A clock runs once.
    ///
    /// - Throws: ``ClockError`` if the emulator is lost.
    public func run() async throws {
        defer { wakeAll() }
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.report() }
                    group.addTask { try await self.follow() }
                    try await group.next()
                    group.cancelAll()
                }
            }
        } catch is CancellationError {}
        // Whoever was cancelled may still say goodbye.
        await Task { try? await link.leave() }.value
    }

    /// Nobody is left asleep in a time that no longer moves.
    private func wakeAll() {
        end.withLock { $0 = time.now }
        time.follow(Participant.Clock(epoch: UInt64(Int64.max), now: .distantFuture))
        time.finish()
    }

    private func report() async throws {
        for await report in time.reports {
            time.follow(try await link.report(report))
            time.carried()
        }
    }

    private func follow() async throws {
        while !Task.isCancelled { time.follow(try await link.clock(after: time.epoch)) }
    }
}

extension Duration {
    /// Longer than any sleep on the axis of moments.
    fileprivate static var distantFuture: Duration { .seconds(Int64.max / 2) }
}
