import BodyCodings
import CachePrices
import CacheProxy
import Logging
import NIOCore
import NIOHTTP1
import PromptCache
import PromptCacheWarmer
import PromptInspection
import WarmingPolicies

/// Makes sense of what goes through a proxy: recognises conversations, says what each request will find in the cache and
/// why it missed, and tells the warmer what is worth keeping.
///
/// It works behind the traffic: on an event loop of the relay, after what has just been passed on, so that it costs no
/// change of threads; what is long is read elsewhere. Whatever it does not understand goes through all the same.
actor TrafficObserver {
    private let executor: any SerialExecutor
    private let waker: LoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let options: ProxyOptions
    let house: ProxySurroundings
    private let keys: PrefixKey.Kind
    private let watcher: TrafficWatcher
    var clock: any WarmClock { house.clock }
    var warmer: CacheWarmer? { house.warmer }
    var vault: CredentialVault { house.vault }
    var logger: Logger { house.logger }

    var realms = Realms()
    private var clients = KnownClients()
    private var models: ModelFacts.Table
    var conversations = Conversations()
    var entries = ExpectedEntries()
    var lastRequests: LastRequests
    var scopes: WarmedScopes
    var sharing = Sharing()
    private var arrivals: [UInt64: Arrival] = [:]
    private var gate = ColdGate()
    private var held: [UInt64: EventLoopPromise<Void>] = [:]
    private var timeToFirstToken = FirstTokenTime()
    private(set) var bill = TrafficBill()
    private var counters: TrafficCounters

    /// Behind the names of conversations, where they are written down beside those of other runs.
    private let run: String
    /// Lets followers of requests go whose response does not show its first token.
    private var timers: [UInt64: Task<Void, Never>] = [:]

    /// - Parameter loop: must run for as long as ``run()`` does.
    init(
        _ options: ProxyOptions, _ house: ProxySurroundings, watcher: TrafficWatcher, on loop: any EventLoop
    ) {
        executor = loop.executor
        waker = LoopExecutor(loop)
        self.options = options
        self.house = house
        // Others only come to know of keys by the ledger and by what is kept warm.
        keys = house.ledger == nil && house.warmer == nil ? Fingerprint.keys : .lasting
        self.watcher = watcher
        models = ModelFacts.Table(house.prices, house.profile)
        counters = TrafficCounters(house.metrics)
        run = house.ledger == nil ? "" : "-" + String(UInt16.random(in: .min ... .max), radix: 16)
        lastRequests = LastRequests(mostBytes: options.mostBytes / 2)
        scopes = WarmedScopes(mostBytes: options.mostBytes / 2, mostScopes: options.mostScopes)
    }

    /// Looks at everything until the watcher finishes.
    func run() async {
        while let sighting = await watcher.next(wakingOn: waker) {
            switch sighting {
            case .request(let request): await seen(request)
            case .begun(let exchange, let status, let at): began(exchange, status: status, at: at)
            case .ended(let response): await ended(response)
            case .call(let call): await seen(call)
            }
            clock.release()
        }
        for promise in held.values { promise.succeed() }
        for timer in timers.values {
            timer.cancel()
            await timer.value
        }
    }

    // MARK: Requests

    private func seen(_ sighting: RequestSighting) async {
        if sighting.kind == .batch { bill.batches += 1 }
        guard sighting.kind == .message, let arrival = await read(sighting) else {
            sighting.admission?.succeed()
            return
        }
        sighting.note.write(arrival.noteText)
        arrivals[arrival.exchange] = arrival
        await keepWarm(arrival)
        guard let admission = sighting.admission else { return }
        await (clock as? FollowerClock)?.caughtUp()
        held[arrival.exchange] = admission
        admit(arrival)
    }

    /// - Returns: nil for what is no request that the cache knows, which is none of the proxy's business.
    private func read(_ sighting: RequestSighting) async -> Arrival? {
        let sender = clients.client(sighting.headers, endpoint: sighting.endpoint) {
            realms.digest(of: $0, endpoint: sighting.endpoint)
        }
        let realm = realms.realm(of: sender.digest)
        let request: MessagesRequest
        let looks: BodyLooks
        var continuation: Continuation?
        do {
            let body = try await Self.body(of: sighting)
            looks = BodyLooks(body, realm: realm)
            continuation = lastRequests.continuation(by: body, looks)
            request =
                body.count - (continuation?.shared ?? 0) > Self.longestHere
                ? try await Self.readElsewhere(body, after: continuation)
                : try MessagesRequest(body, after: continuation)
        } catch {
            bill.unknown += 1
            logger.debug("a request was relayed but not understood", metadata: ["reason": "\(error)"])
            return nil
        }
        let model = models[request.model, sighting.endpoint]
        let context = RequestContext(
            endpoint: sighting.endpoint, betas: ReplayHeaders.betas(sighting.headers),
            separatesLifetimes: model.rules.separatesLifetimes)
        guard request.markerCount <= model.rules.maximumBreakpoints else {
            // The provider refuses it.
            bill.unknown += 1
            return nil
        }
        continuation = continuation ?? lastRequests.sharer(of: request, realm: realm)
        let remembered =
            request.bytes.count > Self.longestHere
            ? await followElsewhere(request, in: context, rules: model.rules, after: continuation)
            : RememberedTrail(request, in: context, rules: model.rules, keys: keys, after: continuation)
        let trail = remembered.trail
        let client = Arrival.client(of: request)
        var complaint: String?
        let hint = WarmHint(sighting.headers, complaint: &complaint)
        if let complaint { logger.warning("\(WarmHint.header): \(complaint)") }
        return Arrival(
            exchange: sighting.exchange, at: sighting.at, endpoint: sighting.endpoint, remembered: remembered,
            looks: looks, headers: sighting.headers, credential: sender.credential, digest: sender.digest,
            realm: realm, client: client,
            recognition: request.replayRefusal == nil
                ? conversations.arrival(trail, realm: realm, client: client) : nil,
            expectation: entries.expectation(for: trail, realm: realm, at: sighting.at), hint: hint,
            note: sighting.note, model: model, run: run)
    }

    /// A call of the daemon's own: its requests' prefixes are there for everybody in its workspace.
    private func seen(_ call: CallSighting) async {
        guard let request = try? await Self.readElsewhere(call.body, after: nil) else { return }
        let sender = clients.client(call.headers, endpoint: call.endpoint) {
            realms.digest(of: $0, endpoint: call.endpoint)
        }
        if let workspace = call.workspace {
            realms.learn(workspace, endpoint: call.endpoint, digest: sender.digest)
        }
        let rules = models[request.model, call.endpoint].rules
        let context = RequestContext(
            endpoint: call.endpoint, betas: ReplayHeaders.betas(call.headers),
            separatesLifetimes: rules.separatesLifetimes)
        let remembered = await followElsewhere(request, in: context, rules: rules, after: nil)
        entries.pinged(
            remembered.trail, realm: realms.realm(of: sender.digest), at: call.at, cached: call.usage.cached,
            rules: rules)
    }

    /// Bytes that are read on the event loop: a fifth of a millisecond.
    private static let longestHere = 256 << 10

    private static func body(of sighting: RequestSighting) async throws -> [UInt8] {
        let coding = try BodyCoding.named(sighting.headers.first(name: "content-encoding"))
        return if let coding { try await decoded(sighting.body, coding) } else { sighting.body }
    }

    @concurrent
    private static func decoded(_ body: [UInt8], _ coding: BodyCoding) async throws -> [UInt8] {
        try coding.decoded(body, limit: 64 << 20)
    }

    @concurrent
    private static func readElsewhere(
        _ body: [UInt8], after continuation: Continuation?
    ) async throws -> MessagesRequest {
        try MessagesRequest(body, after: continuation)
    }

    @concurrent
    private nonisolated func followElsewhere(
        _ request: MessagesRequest, in context: RequestContext, rules: CacheRules, after continuation: Continuation?
    ) async -> RememberedTrail {
        RememberedTrail(request, in: context, rules: rules, keys: keys, after: continuation)
    }

    // MARK: The gate

    /// Lets a held request go, unless another is just writing what it would write as well.
    private func admit(_ arrival: Arrival) {
        guard let promise = held[arrival.exchange] else { return }
        let cold = options.hasGate ? coldPlaces(of: arrival) : []
        guard gate.arrived(arrival.exchange, cold: cold) == .go else { return }
        held[arrival.exchange] = nil
        promise.succeed()
        guard !cold.isEmpty, !arrival.request.isStreaming else { return }
        // Its response only begins when it is over, but the cache can be read as soon as the first token is there.
        guard let usual = timeToFirstToken.usual(for: arrival.request.model) else { return }
        let deadline = clock.now.elapsed + usual
        timers[arrival.exchange] = Task {
            try? await clock.sleep(until: deadline)
            self.release(followersOf: arrival.exchange, asWritten: true)
            self.timers[arrival.exchange] = nil
        }
    }

    private func coldPlaces(of arrival: Arrival) -> [PrefixPlace] {
        let now = clock.now.elapsed
        return arrival.trail.prefixes
            .filter { $0.size.estimatedTokens >= ColdGate.smallest }
            .filter { !entries.isAlive($0.key, realm: arrival.realm, at: now) }
            .map { PrefixPlace(realm: arrival.realm, key: $0.key) }
    }

    private func release(followersOf exchange: UInt64, asWritten: Bool) {
        if asWritten, let leader = arrivals[exchange] {
            entries.arrived(leader.trail, realm: leader.realm, at: leader.at, cached: nil, rules: leader.model.rules)
        }
        for follower in gate.released(by: exchange) {
            guard var arrival = arrivals[follower] else {
                held.removeValue(forKey: follower)?.succeed()
                continue
            }
            // It finds what has just been written.
            arrival.expectation = entries.expectation(
                for: arrival.trail, realm: arrival.realm, at: clock.now.elapsed)
            arrivals[follower] = arrival
            arrival.note.write(arrival.noteText)
            admit(arrival)
        }
    }

    // MARK: Responses

    private func began(_ exchange: UInt64, status: Int, at: Moment) {
        guard let arrival = arrivals[exchange] else { return }
        if status == 200, arrival.request.isStreaming {
            timeToFirstToken.observe(at - arrival.at, for: arrival.request.model)
        }
        release(followersOf: exchange, asWritten: status == 200)
    }

    private func ended(_ response: ResponseSighting) async {
        guard let arrival = arrivals.removeValue(forKey: response.exchange) else { return }
        held.removeValue(forKey: response.exchange)?.succeed()
        release(followersOf: response.exchange, asWritten: false)
        if let workspace = response.workspace {
            realms.learn(workspace, endpoint: arrival.endpoint, digest: arrival.digest)
        }
        let isGood = response.status == 200 && response.message?.error == nil
        guard isGood else {
            await failed(arrival)
            return await judge(arrival, response, usage: nil)
        }
        let usage = response.message?.usage
        await judge(arrival, response, usage: usage)
        let isCached = usage.map { $0.cached > 0 } ?? true
        if isCached {
            // The response may have named the workspace first.
            entries.arrived(
                arrival.trail, realm: realms.realm(of: arrival.digest), at: arrival.at, cached: usage?.cached,
                rules: arrival.model.rules)
        }
        if let id = arrival.recognition?.id {
            lastRequests.keep(arrival.remembered, arrival.looks, of: id, realm: arrival.realm)
        }
        await succeeded(arrival, usage: usage, awaits: Awaits(response.message?.stopReason))
    }

    private func judge(_ arrival: Arrival, _ response: ResponseSighting, usage: Usage?) async {
        let price = arrival.model.price
        let modifiers = arrival.request.priceModifiers
        let prices = price?.prices(promptTokens: usage?.totalInput ?? 0).modified(by: modifiers)
        let evidence = ArrivalFinding.Evidence(
            at: arrival.at, lifetime: arrival.lifetime, expectation: arrival.expectation, rules: arrival.model.rules)
        let finding = ArrivalFinding(
            usage, of: evidence, prices: prices,
            cost: usage.flatMap { usage in price.map { $0.cost(of: usage, modifiers: modifiers).total } },
            divergence: await divergence(of: arrival, usage, evidence))
        bill.add(finding, usage: usage, prices: prices, lifetime: arrival.lifetime)
        writeDown(arrival, response, usage, finding)
        counters.count(finding)
        var words = "\(arrival.name) \(arrival.request.model): \(finding.text)"
        if let status = response.status, status != 200 { words += ", status \(status)" }
        if !response.isWhole { words += ", cut off" }
        if let awaited = response.message.flatMap({ Awaits($0.stopReason).forPeople }) {
            words += "; awaits \(awaited)"
        }
        logger.log(level: finding.isColdStart ? .warning : .info, "\(words)")
    }

    private func divergence(
        of arrival: Arrival, _ usage: Usage?, _ evidence: ArrivalFinding.Evidence
    ) async -> Divergence? {
        guard arrival.recognition?.kind == .new, ArrivalFinding.mayHaveDiverged(usage, of: evidence) else { return nil }
        let candidates = lastRequests.lookalikes(
            of: arrival.request, realm: arrival.realm, except: arrival.recognition?.id)
        if candidates.isEmpty { return nil }
        return await Divergence.first(in: candidates, of: arrival.request, RequestContext(endpoint: arrival.endpoint))
    }

    private func writeDown(
        _ arrival: Arrival, _ response: ResponseSighting, _ usage: Usage?, _ finding: ArrivalFinding
    ) {
        let now = clock.now
        let wall = now.wall + (arrival.at - now.elapsed)
        house.history.record(
            ArrivalHistory.Entry(
                at: wall, scope: arrival.name, model: arrival.request.model.name, finding: finding))
        guard let usage, let lifetime = arrival.lifetime else { return }
        house.ledger?.record(
            LedgerRow(
                .arrival, at: wall, scope: arrival.name, upstream: arrival.endpoint, model: arrival.request.model,
                prefixes: arrival.covered(usage), lifetime: lifetime, usage: usage,
                cost: finding.cost, cause: finding.cause,
                timeToFirstToken: response.beganAt.map { $0 - arrival.at }))
    }

    func add(_ tick: Tick) { bill.add(tick) }
}

extension Awaits {
    /// What a response waits for, by its `stop_reason`.
    init(_ stopReason: String?) {
        switch stopReason {
        case "tool_use", "pause_turn": self = .tool
        case "end_turn", "stop_sequence", "max_tokens", "refusal": self = .human
        default: self = .unknown
        }
    }

    fileprivate var forPeople: String? {
        switch self {
        case .tool: "a tool"
        case .human: "a human"
        case .unknown: nil
        }
    }
}
