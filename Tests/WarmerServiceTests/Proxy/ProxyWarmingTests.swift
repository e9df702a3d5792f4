import CachePrices
import OrderedJSON
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SQLiteWarmStore
import SteppedTime
import Synchronization
import Testing
import WarmerService
import WarmingPolicies

@Suite("What a proxy keeps warm", .timeLimit(.minutes(10)))
struct ProxyWarmingTests {
    private static let dollar = Budget.perDay(.usd("1.00"))

    @Test("nothing without leave")
    func off() async throws {
        try await RunningProxy.run { proxy in
            _ = try await proxy.post(Talk.body(["a"]))
            await proxy.advance(3600)
            #expect(proxy.pings(clients: 1) == 0)
        }
    }

    @Test("nothing with a budget of zero")
    func zero() async throws {
        try await RunningProxy.run(budget: .perDay(.zero)) { proxy in
            _ = try await proxy.post(Talk.body(["a"]))
            await proxy.advance(3600)
            #expect(proxy.pings(clients: 1) == 0)
            #expect(proxy.lines.contains("refused"))
        }
    }

    @Test("a conversation over its pauses: every turn hits, and the saving is proven by the return")
    func pauses() async throws {
        let bill = try await RunningProxy.run(budget: Self.dollar) { proxy in
            var turns = ["a"]
            _ = try await proxy.post(Talk.body(turns))
            for pause in [700, 1500, 40] {
                await proxy.advance(pause)
                turns += ["b\(pause)", "c\(pause)"]
                let answer = try await proxy.post(Talk.body(turns))
                #expect(answer.note?.hasPrefix("hit; expires-in=") ?? false)
                #expect(answer.usage?["cache_read_input_tokens"]?.integer ?? 0 > 1000)
            }
        }
        #expect(bill.hits == 3 && bill.coldStartCount == 0 && bill.pings > 5)
        #expect(bill.saved > bill.pingsSpent)
    }

    @Test("what the daemon's own pings have written is known to be there, for the keys of its workspace")
    func ownScopes() async throws {
        let own = WarmScope(
            name: "own", body: Array(Prompts.request().utf8), policy: try WarmPolicy("every:240s@5m"),
            upstream: "emulator")
        let bill = try await RunningProxy.run(budget: Self.dollar, scopes: [own]) { proxy in
            await proxy.advance(100)
            let first = try await proxy.post(Talk.body(["a"]))
            #expect(first.note == "hit; expires-in=200")
            #expect(first.usage?["cache_read_input_tokens"]?.integer ?? 0 > 1000)
            await proxy.advance(190)
            // No response has said yet whose this key is.
            #expect(try await proxy.post(Talk.body(["b"]), key: "sk-emu-me-2").note == "cold; cause=first-sight")
            #expect(try await proxy.post(Talk.body(["c"]), key: "sk-emu-me-2").note == "hit; expires-in=300")
            let other = try await proxy.post(Talk.body(["a"]), key: "sk-emu-other-1")
            #expect(other.note == "cold; cause=first-sight")
        }
        #expect(bill.requests == 4 && bill.hits == 3 && bill.firstSights == 1)
        #expect(bill.saved > .zero)
    }

    @Test("the ledger has every request and every ping once, and proves that warming paid")
    func ledger() async throws {
        let folder = try Folder()
        let file = "\(folder.path)/ledger.sqlite"
        let bill = try await RunningProxy.run(budget: Self.dollar, ledger: file) { proxy in
            _ = try await proxy.post(Talk.body(["a"]))
            await proxy.advance(1500)
            _ = try await proxy.post(Talk.body(["a", "b", "c"]))
        }
        let store = try await SQLiteWarmStore.open(file, budget: .perDay(.zero), logger: RunningDaemon.logger)
        let rows = try await store.rows(from: .distantPast, to: .distantFuture)
        #expect(rows.count { $0.kind == .arrival } == 2 && rows.count { $0.kind == .ping } == bill.pings)
        #expect(Set(rows.map(\.scope)).count == 1)
        let saved = try await store.totals(from: .distantPast, to: .distantFuture).reduce(USD.zero) {
            $0 + $1.totals.saved
        }
        let spent = rows.filter { $0.kind == .ping }.reduce(USD.zero) { $0 + ($1.cost ?? .zero) }
        #expect(spent == bill.pingsSpent && saved > spent)
    }

    @Test("a ledger gets the keys that anybody would reckon, also where nothing is kept warm")
    func keys() async throws {
        let folder = try Folder()
        let file = "\(folder.path)/ledger.sqlite"
        let body = Talk.body(["a", "b", "c"])
        let keys = Mutex<[String]>([])
        try await RunningProxy.run(ledger: file) { proxy in
            let context = RequestContext(endpoint: proxy.emulator.baseURL)
            let prefixes = try MessagesRequest(Array(body.utf8)).prefixes(in: context)
            keys.withLock { $0 = prefixes.map { String($0.key.hex.prefix(16)) } }
            _ = try await proxy.post(body)
        }
        let store = try await SQLiteWarmStore.open(file, budget: .perDay(.zero), logger: RunningDaemon.logger)
        let rows = try await store.rows(from: .distantPast, to: .distantFuture)
        #expect(rows.map { $0.prefixes.map(\.key) } == [keys.withLock(\.self)])
    }

    @Test("the adaptive policy learns a conversation over all its turns, though each turn is another request")
    func adaptive() async throws {
        let bill = try await RunningProxy.run(budget: Self.dollar, policy: .adaptive) { proxy in
            var turns = ["a"]
            _ = try await proxy.post(Talk.body(turns))
            for turn in 1...30 {
                await proxy.advance(400)
                turns += ["b\(turn)", "c\(turn)"]
                _ = try await proxy.post(Talk.body(turns))
            }
        }
        // It has never seen any other gap, so it holds them all, with one ping each.
        #expect(bill.hits >= 28 && bill.pings <= 35)
        #expect(bill.saved > bill.pingsSpent)
    }

    @Test("a key that is refused stops only what it pays for")
    func refusedKey() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            _ = try await proxy.post(Talk.body(["a"]), key: "sk-emu-one-1")
            _ = try await proxy.post(Talk.body(["b"]), key: "sk-emu-two-1")
            try proxy.emulator.setFaults(#"[{"status": 401, "workspace": "one"}]"#)
            await proxy.advance(900)
            #expect(proxy.pings("one", clients: 1) == 0 && proxy.lines.contains("401"))
            #expect(proxy.pings("two", clients: 1) == 3)
        }
    }

    @Test("pings are the last request byte for byte but for max_tokens and stream, and read all of it")
    func exact() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            _ = try await proxy.post(Talk.body(["a"], more: #","stream":true,"metadata":{"user_id":"x"}"#))
            let written = proxy.emulator.bill(of: "me")
            await proxy.advance(299)
            let after = proxy.emulator.bill(of: "me")
            #expect(proxy.pings(clients: 1) == 1)
            #expect(after.write5m == written.write5m && after.read == written.write5m)
            #expect(after.output == written.output)
        }
    }

    @Test("until it is let go: not for ever")
    func lettingGo() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            _ = try await proxy.post(Talk.body(["a"]))
            await proxy.advance(24 * 3600)
            // (w − r) / r of sonnet-5-5: 24 pings are what a spared write pays for.
            #expect(proxy.pings(clients: 1) == 24)
        }
    }

    @Test("never with a subscription's token, nor with any that is no API key")
    func subscriptions() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            for (index, token) in ["sk-ant-oat01-x", "eyJhbGciOi.x.y"].enumerated() {
                let answer = try await proxy.post(
                    Talk.body(["\(index)"]), headers: [("authorization", "Bearer \(token)")])
                #expect(answer.status == 200)
            }
            _ = try await proxy.post(Talk.body(["k"]), key: "sk-ant-oat01-y")
            await proxy.advance(3600)
            #expect(!proxy.lines.contains("is kept warm"))
            #expect(proxy.lines.contains("never by subscriptions"))
        }
    }

    @Test("with a key that came as a bearer, as the newer SDKs send it")
    func bearerKey() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            _ = try await proxy.post(Talk.body(["a"]), headers: [("authorization", "Bearer sk-emu-me-1")])
            await proxy.advance(600)
            #expect(proxy.pings(clients: 1) == 2)
        }
    }

    @Test("as its client asks: held, dropped, or left alone; and no hint reaches the provider")
    func hints() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            _ = try await proxy.post(Talk.body(["a"]), headers: [("x-prompt-cache-warmer", "off")])
            await proxy.advance(600)
            #expect(proxy.pings(clients: 1) == 0)

            _ = try await proxy.post(Talk.body(["a"]), headers: [("x-prompt-cache-warmer", "keep=10h")])
            await proxy.advance(10 * 3600)
            #expect(proxy.pings(clients: 2) > 100)
            await proxy.advance(3600)
            let pings = proxy.pings(clients: 2)
            await proxy.advance(10 * 3600)
            #expect(proxy.pings(clients: 2) == pings)

            _ = try await proxy.post(Talk.body(["a"]))
            _ = try await proxy.post(Talk.body(["a"]), headers: [("x-prompt-cache-warmer", "drop")])
            await proxy.advance(3600)
            #expect(proxy.pings(clients: 4) == pings)

            _ = try await proxy.post(Talk.body(["a"]), headers: [("x-prompt-cache-warmer", "hold it")])
            #expect(proxy.lines.contains("the hint is not known: write keep=2h"))
        }
    }

    @Test("a prompt that many conversations share is one scope, and single questions over it are none")
    func shared() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            for question in ["a", "b", "c", "d", "e"] { _ = try await proxy.post(Talk.body([question])) }
            #expect(proxy.lines.all.count { $0.contains(" is kept warm by") && $0.hasPrefix("s") } == 1)
            #expect(proxy.lines.all.count { $0.contains(" is kept warm by") && $0.hasPrefix("c") } == 2)
            await proxy.advance(400)
            let answer12 = try await proxy.post(Talk.body(["f"]))
            #expect(answer12.usage?["cache_read_input_tokens"]?.integer ?? 0 > 500)
        }
    }

    @Test("what its client has compacted is let go, and the new one kept")
    func compaction() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            let session = #","metadata":{"user_id":"user_1_session_1"}"#
            _ = try await proxy.post(Talk.body(["a"], more: session))
            _ = try await proxy.post(Talk.body(["summary"], more: session))
            #expect(proxy.lines.contains("c1 is let go: its conversation was replaced"))
            await proxy.advance(600)
            #expect(proxy.pings(clients: 2) == 2)
        }
    }

    @Test("a request that failed replays nothing; the one before it does")
    func failure() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            try proxy.emulator.setFaults(#"[{"status": 500, "count": 1}]"#)
            _ = try await proxy.post(Talk.body(["a"]))
            await proxy.advance(600)
            #expect(proxy.pings(clients: 0) == 0)

            _ = try await proxy.post(Talk.body(["a"]))
            try proxy.emulator.setFaults(#"[{"status": 500, "count": 1}]"#)
            _ = try await proxy.post(Talk.body(["a", "b", "c"]))
            await proxy.advance(600)
            #expect(proxy.emulator.bill(of: "me").write5m < 1600)
            let answer13 = try await proxy.post(Talk.body(["a", "b", "c"]))
            #expect(answer13.note?.hasPrefix("hit") ?? false)
        }
    }

    @Test("threads and what cannot be asked for no output are seen, and left alone")
    func neverReplayed() async throws {
        try await RunningProxy.run(budget: Self.dollar) { proxy in
            _ = try await proxy.post(Talk.body(["a"], more: #","thread":{"type":"continue","id":"t"}"#))
            await proxy.advance(3600)
            #expect(!proxy.lines.contains("is kept warm"))
        }
    }

    @Test("within bounds: what is worth least goes first")
    func bounds() async throws {
        try await RunningProxy.run(budget: Self.dollar, mostScopes: 2) { proxy in
            let long = String(repeating: Prompts.book, count: 3)
            _ = try await proxy.post(Talk.body(["a"], system: long + "1"))
            _ = try await proxy.post(Talk.body(["a"], system: "2" + Prompts.book))
            _ = try await proxy.post(Talk.body(["a"], system: "3" + long))
            #expect(proxy.lines.contains("c2 is let go: there is no room for it"))
            await proxy.advance(299)
            #expect(proxy.pings(clients: 3) == 2)
        }
    }
}
