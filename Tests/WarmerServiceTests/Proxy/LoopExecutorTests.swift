import CacheProxy
import NIOCore
import NIOHTTP1
import NIOPosix
import PromptCache
import Testing
import WarmingPolicies

@testable import WarmerService

@Suite("Who listens to the traffic", .timeLimit(.minutes(10)))
struct LoopExecutorTests {
    @Test("hears everything in order, on its own event loop, whichever loop tells it")
    func listening() async throws {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let start = Moment(secondsSince1970: 0)
        let watcher = TrafficWatcher(now: { start })
        let listener = Listener(on: loops.next())
        let (readiness, ready) = AsyncStream.makeStream(of: Void.self)
        async let heard = listener.listen(to: watcher, ready)
        var told = 0
        for await _ in readiness {
            if told == 6 { break }
            told += 1
            let call = CallSighting(
                at: start, endpoint: "", headers: [:], body: [], usage: Usage(read: told), workspace: nil)
            try await loops.next().submit { watcher.saw(call) }.get()
        }
        watcher.finish()
        #expect(await heard == [1, 2, 3, 4, 5, 6])
        try await loops.shutdownGracefully()
    }

    private actor Listener {
        private let loop: any EventLoop
        private let executor: any SerialExecutor
        private let waker: LoopExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        init(on loop: any EventLoop) {
            self.loop = loop
            executor = loop.executor
            waker = LoopExecutor(loop)
        }

        func listen(to watcher: TrafficWatcher, _ ready: AsyncStream<Void>.Continuation) async -> [Int] {
            var heard: [Int] = []
            ready.yield()
            while case .call(let call) = await watcher.next(wakingOn: waker) {
                loop.preconditionInEventLoop()
                heard.append(call.usage.read)
                ready.yield()
            }
            return heard
        }
    }
}
