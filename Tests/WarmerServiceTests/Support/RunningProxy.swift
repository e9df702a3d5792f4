import AsyncHTTPClient
import CachePrices
import CacheProxy
import Logging
import NIOCore
import NIOHTTP1
import OrderedJSON
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import ServiceLifecycle
import SteppedTime
import Synchronization
import Upstreams
import WarmerService
import WarmerTesting
import WarmingPolicies

/// A proxy in front of an emulator, on one stepped time, asked over real HTTP.
struct RunningProxy: Sendable {
    let base: String
    let emulator: Emulator
    let lines: LogLines
    /// Its control API, if it was asked for.
    var control: String?

    /// - Parameters:
    ///   - policy: one that has nothing to learn, so that a test can say when it pings.
    ///   - gate: holds each request until it has been looked at, so that its response is sure to bear the note.
    ///   - control: whether the control API listens.
    ///   - scopes: the daemon's own, of the upstream `emulator`.
    ///   - ledger: where arrivals and pings are written down.
    /// - Returns: the bill, once the proxy has stopped.
    @discardableResult
    static func run(
        budget: Budget? = nil, policy: WarmPolicy = .breakEven(.fiveMinutes), gate: Bool = true, header: Bool = true,
        latency: LatencyModel = .none, mostScopes: Int = 1000, control: Bool = false, ledger: String? = nil,
        scopes: [WarmScope] = [],
        body: @escaping @Sendable (RunningProxy) async throws -> Void
    ) async throws -> TrafficBill {
        let time = SteppedTime()
        return try await Emulator.run(EmulatorConfiguration(latency: latency, time: time)) { emulator in
            let lines = LogLines()
            let (announced, listening) = AsyncStream.makeStream(of: String.self)
            let upstream = try ProxyUpstream(emulator.baseURL)
            let folder = try Folder()
            let clock = SteppedClock(time)
            let configuration = WarmerConfiguration(
                upstreams: ["emulator": .init(endpoint: emulator.baseURL, credential: .apiKey("sk-emu-me-1"))],
                budget: budget ?? .perDay(.zero), scopes: scopes,
                dashboard: control ? try LoopbackAddress("127.0.0.1:0") : nil,
                proxy: ProxyOptions(
                    server: ProxyConfiguration(
                        routes: Routes(fallback: upstream), timeouts: .init(drain: .seconds(1))),
                    isWarming: budget != nil, policy: policy, hasGate: gate, writesNotes: header,
                    mostScopes: mostScopes),
                store: ledger.map { .sqlite($0) })
            let daemon = try WarmerDaemon(
                configuration, clock: clock,
                store: try await configuration.openStore(clock: clock, logger: RunningDaemon.logger),
                state: folder.state,
                logger: lines.logger, announce: { listening.yield($0) })
            let group = ServiceGroup(services: [daemon], logger: RunningDaemon.logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    defer { listening.finish() }
                    try await group.run()
                }
                var urls: [Substring: String] = [:]
                for await line in announced {
                    let words = line.split(separator: " ")
                    urls[words[0]] = String(words[words.count - 1])
                    if urls["proxy"] != nil, !control || urls["dashboard"] != nil { break }
                }
                if let base = urls["proxy"] {
                    do {
                        try await body(
                            RunningProxy(
                                base: base, emulator: emulator, lines: lines, control: urls["dashboard"]))
                    } catch {
                        await group.triggerGracefulShutdown()
                        throw error
                    }
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            return daemon.bill
        }
    }

    struct Answer: Sendable {
        var status: Int
        var note: String?
        var usage: JSONNode?
        var body: String
    }

    /// Sends a request, and comes back when everything about it has been looked at.
    func post(
        _ body: String, path: String = "/v1/messages", key: String = "sk-emu-me-1", headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "anthropic-version", value: "2023-06-01")
        if !headers.contains(where: { $0.0 == "authorization" }) { request.headers.add(name: "x-api-key", value: key) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(50))
        let bytes = try await response.body.collect(upTo: 32 << 20)
        await emulator.time.settle()
        let text = String(buffer: bytes)
        return Answer(
            status: Int(response.status.code), note: response.headers.first(name: "x-prompt-cache-warmer"),
            usage: (try? JSONText(Array(text.utf8)).root)?["usage"], body: text)
    }

    /// An answer of the control API.
    func ask(_ path: String) async throws -> JSONNode {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: (control ?? "") + path), timeout: .seconds(20))
        return try JSONText(Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)).root
    }

    func advance(_ seconds: Int) async { await emulator.time.advance(by: .seconds(seconds)) }

    /// Requests of a workspace that were no client's.
    func pings(_ workspace: String = "me", clients: Int) -> Int { emulator.requests(of: workspace) - clients }
}

/// What was logged, line by line.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock(\.self) }

    func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }

    var logger: Logger { Logger(label: "tests") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}
