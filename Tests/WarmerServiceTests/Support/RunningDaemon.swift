import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import PromptCacheWarmer
import ServiceLifecycle
import Synchronization
import WarmerService

/// A daemon that runs for as long as a test's body, asked over real HTTP.
struct RunningDaemon: Sendable {
    let base: String
    let warmer: CacheWarmer
    /// What its configuration and its state lie in.
    let folder: Folder

    /// The token that changes need.
    var token: String { (try? folder.text("state/control.token").trimmingCharacters(in: .newlines)) ?? "" }

    struct Answer {
        var status: Int
        var body: String
    }

    static let logger = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })

    static func run(
        _ scope: String = Prompts.scope, clock: any WarmClock, clients: [String: any WarmCall]?,
        upstream: String? = nil, store: (any WarmStore)? = nil,
        folder: Folder? = nil, environment: [String: String] = [:],
        body: @escaping @Sendable (RunningDaemon) async throws -> Void
    ) async throws {
        let folder = try folder ?? Folder(["support.json": Prompts.request()])
        var yaml = Prompts.yaml(scope: scope, more: "dashboard: { listen: 127.0.0.1:0 }")
        if let upstream { yaml = yaml.replacing("https://api.anthropic.com", with: upstream) }
        let (lines, announced) = AsyncStream.makeStream(of: String.self)
        try folder.write(yaml, to: "warmer.yaml")
        let load = { @Sendable () async throws(InvalidConfiguration) in
            try await WarmerConfiguration.load("\(folder.path)/warmer.yaml", environment: Folder.environment)
        }
        let daemon = try WarmerDaemon(
            await folder.read(yaml), clock: clock, clients: clients, store: store, state: folder.state,
            environment: environment,
            logger: logger, reload: load, announce: { announced.yield($0) })
        let group = ServiceGroup(services: [daemon], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { announced.finish() }
                try await group.run()
            }
            let words = await lines.first { _ in true }?.split(separator: " ") ?? []
            if words.prefix(3) == ["dashboard", "listening", "on"] {
                do {
                    try await body(RunningDaemon(base: String(words[3]), warmer: daemon.warmer, folder: folder))
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await send(request)
    }

    /// A request that bears the token, which changes need.
    func change(_ path: String) async throws -> Answer {
        try await post(path, headers: [("authorization", "Bearer \(token)")])
    }

    func post(_ path: String, body: String = "", headers: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Answer(status: Int(response.status.code), body: String(buffer: bytes))
    }
}
