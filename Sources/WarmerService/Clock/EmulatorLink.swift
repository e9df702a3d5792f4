import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OrderedJSON
import SteppedTime

/// The emulator's clock over HTTP, as a participant sees it.
struct EmulatorLink: Sendable {
    let base: String
    let participant: String

    /// The emulator keeps a poll open for 20 s.
    private static let timeout = TimeAmount.seconds(60)
    private static let largestAnswer = 64 << 10

    /// The emulator runs already, or it is not there: no connection is tried twice. Never shut down, as the shared one.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Time at the emulator, and when its time began on the wall in seconds since 1970.
    func clock() async throws -> (clock: Participant.Clock, wallOfStart: Int) {
        let answer = try await send(.GET, "/emulator/clock")
        guard let wall = answer["wall_of_start"]?.integer else { throw unexpected }
        return (try clock(in: answer), wall)
    }

    /// Tells how things stand here. The first report joins.
    func report(_ report: Participant.Report) async throws -> Participant.Clock {
        let body: JSONOutput = [
            "epoch": .integer(Int(report.epoch)), "active": .integer(report.active),
            "next_wake_ns": .optional(report.nextWake.flatMap(Self.nanoseconds)),
        ]
        return try clock(in: try await send(.POST, participantPath, body: body.text()))
    }

    /// Waits until time is another, or 20 s have passed.
    func clock(after epoch: UInt64) async throws -> Participant.Clock {
        try clock(in: try await send(.GET, "\(participantPath)?after=\(epoch)"))
    }

    func leave() async throws { _ = try await send(.DELETE, participantPath) }

    private var participantPath: String { "/emulator/clock/participants/\(participant)" }

    /// Whole nanoseconds, so that both sides mean the same moment; nil for what never comes.
    private static func nanoseconds(_ duration: Duration) -> Int? {
        let (seconds, attoseconds) = duration.components
        guard seconds < 1_000_000_000 else { return nil }
        return Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func clock(in answer: JSONNode) throws(ClockError) -> Participant.Clock {
        guard let epoch = answer["epoch"]?.integer, epoch >= 0, let now = answer["now_ns"]?.integer, now >= 0 else {
            throw unexpected
        }
        return Participant.Clock(epoch: UInt64(epoch), now: .nanoseconds(now))
    }

    private var unexpected: ClockError {
        ClockError("\(base) does not answer as an emulator: give --clock the URL that warmer emulate prints")
    }

    private func send(_ method: HTTPMethod, _ path: String, body: String? = nil) async throws -> JSONNode {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let status: Int
        let bytes: [UInt8]
        do {
            let response = try await Self.http.execute(request, timeout: Self.timeout)
            status = Int(response.status.code)
            bytes = Array(try await response.body.collect(upTo: Self.largestAnswer).readableBytesView)
        } catch {
            try Task.checkCancellation()
            throw ClockError("no answer from the clock at \(base): \(error); check that the emulator runs")
        }
        guard status == 200, let answer = try? JSONText(bytes).root else { throw unexpected }
        return answer
    }
}
