import CachePrices
import Logging
import ProcessFigures
import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// Memory for each scope, and how late pings leave, at 350 pings a second in real time.
struct HundredThousand {
    static let scopes = 100_000
    static let spacing = 285.0
    static let seconds = 60.0

    /// Answers after 50 ms that everything was read.
    private struct Answering: WarmCall {
        func send(_ request: WarmRequest) async throws -> WarmResponse {
            try await Task.sleep(for: .milliseconds(50))
            return WarmResponse(status: 200, usage: Usage(input: 3, read: 1200))
        }
    }

    private final class Lateness: Sendable {
        let seconds = Mutex<[Double]>([])
        let anchors: [Moment]

        init(anchors: [Moment]) { self.anchors = anchors }

        /// From the moment at which the schedule wanted a ping to the moment at which its call began.
        func note(_ tick: Tick) {
            guard let number = Int(tick.scope) else { return }
            let due = anchors[number] + .seconds(HundredThousand.spacing)
            seconds.withLock { $0.append((tick.at.elapsed - due) / .seconds(1)) }
        }
    }

    func run() async throws {
        let clock = SystemClock()
        let start = clock.now.elapsed
        // Due one after the other over the coming spacing, after ten seconds in which to begin.
        let anchors = (0..<Self.scopes).map { number in
            start + .seconds(10 - Self.spacing + Double(number) * Self.spacing / Double(Self.scopes))
        }
        let lateness = Lateness(anchors: anchors)
        let warmer = CacheWarmer(
            clients: [CacheWarmer.defaultUpstream: Answering()],
            options: WarmerOptions(
                budget: .perDay(.usd("1000000")), clock: clock,
                logger: Logger(label: "scale", factory: { _ in SwiftLogNoOpLogHandler() }), pingsPerSecond: 5000,
                onTick: { lateness.note($0) }))
        let body = Self.body
        let policy = try WarmPolicy("every:285s@5m")
        let before = Figures.memory
        for number in 0..<Self.scopes {
            try await warmer.add(WarmScope(name: String(number), body: body, policy: policy))
            warmer.noteArrival(of: String(number), at: anchors[number])
        }
        await warmer.start()
        try await Task.sleep(for: .seconds(5))
        let each = Double(Figures.memory - before) / Double(Self.scopes)
        print("\(Self.scopes) scopes: \(text(each, 0)) bytes each besides their prompts")

        try await Task.sleep(until: .now + .seconds(Self.seconds) + .seconds(5), clock: .continuous)
        let processor = Figures.processorSeconds
        let sorted = lateness.seconds.withLock { $0.sorted() }
        print("\(sorted.count) pings, \(text(Double(sorted.count) / Self.seconds, 0)) a second")
        for share in [0.5, 0.9, 0.99, 0.999] {
            print("\(text(share * 100)) % leave within \(text(sorted[Int(Double(sorted.count) * share)] * 1000)) ms")
        }
        print(
            "after them: \(text(Double(Figures.memory - before) / Double(Self.scopes), 0)) bytes a scope, "
                + "\(text(processor)) s of processor time in all")
        await warmer.stop()
    }

    private static var body: [UInt8] {
        let rules = (0..<200).map { "Rule \($0): say what is so." }.joined(separator: " ")
        return Array(
            """
            {"model":"claude-sonnet-5-5","max_tokens":8,"system":[{"type":"text","text":"\(rules)",\
            "cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hello?"}]}
            """.utf8)
    }
}
