import Hummingbird
import NIOCore
import ServiceLifecycle

/// Follows a page as server-sent events: the whole changing part, whenever something but time has changed it.
struct LiveStream: Sendable {
    let writer: PageWriter
    let page: DashboardPage

    private static let shortestPause = Duration.seconds(1)
    /// A look may take this share of the time between two looks, however many scopes there are.
    private static let share = 50
    /// A comment in between shows both ends that the other is still there.
    private static let heartbeat = Duration.seconds(15)

    func response() -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { out in
                let changes = AsyncStream(String.self, bufferingPolicy: .bufferingNewest(1)) { continuation in
                    let task = Task {
                        await watch { continuation.yield($0) }
                        continuation.finish()
                    }
                    continuation.onTermination = { _ in task.cancel() }
                }
                try await out.write(ByteBuffer(string: "retry: 2000\n\n"))
                for await event in changes.cancelOnGracefulShutdown() { try await out.write(ByteBuffer(string: event)) }
                try await out.finish(nil)
            })
    }

    private func watch(_ send: (String) -> Void) async {
        let clock = ContinuousClock()
        var last: PageFacts.Signature?
        var sentAt = clock.now
        while !Task.isCancelled {
            let start = clock.now
            guard let live = await writer.live(page) else {
                send("event: gone\ndata:\n\n")
                return
            }
            if live.signature != last {
                send(Self.event(live.html))
                (last, sentAt) = (live.signature, clock.now)
            } else if clock.now - sentAt > Self.heartbeat {
                send(":\n\n")
                sentAt = clock.now
            }
            let pause = max(Self.shortestPause, (clock.now - start) * Self.share)
            try? await clock.sleep(for: pause)
        }
    }

    private static func event(_ html: String) -> String {
        let lines = html.split(separator: "\n", omittingEmptySubsequences: false).map { "data: \($0)\n" }
        return "event: page\n\(lines.joined())\n"
    }
}
