import CacheProxy
import Foundation
import NIOCore
import NIOPosix
import SteppedTime
import Synchronization
import Testing
import WarmingPolicies

/// Some thousand requests; `make soak` sends a million.
@Suite("Requests with faults of both sides at random")
struct SoakTests {
    private static let count = UInt64(ProcessInfo.processInfo.environment["WARMER_SOAK_REQUESTS"] ?? "") ?? 2000
    private static let clients: UInt64 = 24

    @Test("every answer is the upstream's, and no connection, descriptor or memory is left behind")
    func soak() async throws {
        let complaints = SoakUpstream.Complaints()
        let upstream = try await SoakUpstream.start(complaints)
        let upstreamPort = try #require(upstream.localAddress?.port)
        let watcher = TrafficWatcher(now: { .distantPast })
        let watching = Task {
            var count = 0
            while await watcher.next() != nil { count += 1 }
            return count
        }
        var timeouts = ProxyConfiguration.Timeouts.patient
        timeouts.linger = .seconds(3600)
        let proxy = try await ProxyServer.start(
            ProxyConfiguration(
                routes: Routes(fallback: try ProxyUpstream("http://127.0.0.1:\(upstreamPort)")), timeouts: timeouts),
            watcher: watcher)
        let client = SoakClient(port: proxy.port)

        // What the first tenths have set up must do for the others.
        var memory: [Int] = []
        for tenth in 0..<UInt64(10) {
            try await ask(client, Self.count * tenth / 10..<Self.count * (tenth + 1) / 10, complaints)
            memory.append(Self.memory)
        }

        #expect(complaints.all.count == 0, "\(complaints.all.prefix(10).joined(separator: "\n"))")
        let scene = Scene(proxy: proxy, upstream: try await ScriptedUpstream.start())
        #expect(await scene.settles(upstreams: 64))
        await scene.upstream.stop()
        #expect(watcher.bytesInWaiting == 0)
        await proxy.stop()
        watcher.finish()
        #expect(await watching.value > 0)
        try await upstream.close()
        #expect(await Self.hasNoSockets(ports: [proxy.port, upstreamPort]))
        // Other tests run beside it, unless it is long.
        if Self.count >= 100_000 {
            print("resident after each tenth, in MB: \(memory)")
            #expect(memory[9] - memory[4] < 32)
        }
    }

    private func ask(_ client: SoakClient, _ plans: Range<UInt64>, _ complaints: SoakUpstream.Complaints) async throws {
        let share = (plans.upperBound - plans.lowerBound + Self.clients - 1) / Self.clients
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: plans.lowerBound, to: plans.upperBound, by: Int(share)) {
                group.addTask {
                    try await client.ask(start..<min(start + share, plans.upperBound)) { complaints.add($0) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Resident, in MB.
    private static var memory: Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")[1]
        return (pages.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1_000_000
    }

    /// Whether no socket of these ports is open any more. What waits out its time after the end belongs to nobody.
    private static func hasNoSockets(ports: [Int]) async -> Bool {
        let ends = ports.map {
            ":" + String(repeating: "0", count: 4 - String($0, radix: 16).count) + String($0, radix: 16)
        }
        for _ in 0..<1000 {
            let table = (try? String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8)) ?? ""
            let open = table.uppercased().split(separator: "\n").dropFirst().map { $0.split(separator: " ") }.filter {
                line in
                line.count > 9 && line[9] != "0"
                    && ends.contains { line[1].hasSuffix($0.uppercased()) || line[2].hasSuffix($0.uppercased()) }
            }
            if open.isEmpty { return true }
            await Task.yield()
        }
        return false
    }
}
