import CachePrices
import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// Sends the calls of a probe: each is paid for beforehand, spaced from the last, and tried again where that may help.
struct ProbeCaller: Sendable {
    let client: any WarmCall
    let gate: any SpendGate
    let clock: any WarmClock
    let price: ModelPrice
    let headers: [WarmHeader]
    /// Money is counted as of one day, however long it takes.
    let day: Moment
    let onCall: @Sendable () -> Void
    private let book = Book()

    final class Book: Sendable {
        struct Entries {
            var calls = 0
            var cost = USD.zero
            var nextSlot = Moment.distantPast
            /// Tokens of a word; nil until a prompt was counted.
            var tokensPerWord: Double?
        }

        let entries = Mutex(Entries())
    }

    struct Answer: Sendable {
        var usage: Usage
        var startedAt: Moment
        var endedAt: Moment
    }

    private static let mostAttempts = 4

    init(
        client: any WarmCall, gate: any SpendGate, clock: any WarmClock, price: ModelPrice, headers: [WarmHeader],
        day: Moment, onCall: @escaping @Sendable () -> Void
    ) {
        self.client = client
        self.gate = gate
        self.clock = clock
        self.price = price
        self.headers = headers
        self.day = day
        self.onCall = onCall
    }

    var calls: Int { book.entries.withLock(\.calls) }
    var cost: USD { book.entries.withLock(\.cost) }

    /// What a word comes to in tokens, once that is known; 1.3 before.
    var tokensPerWord: Double {
        get { book.entries.withLock { $0.tokensPerWord ?? 1.3 } }
        nonmutating set { book.entries.withLock { $0.tokensPerWord = newValue } }
    }

    /// Sends a prompt.
    ///
    /// - Throws: ``ProbeStop``.
    func send(_ prompt: ProbePrompt, _ lifetime: Lifetime, maxTokens: Int = 1) async throws(ProbeStop) -> Answer {
        let body = prompt.body(lifetime, maxTokens: maxTokens)
        let worstCase = price.worstCase(
            tokens: mostTokens(of: prompt, body), lifetime: lifetime, maxOutput: maxTokens, modifiers: [])
        var pause = Duration.seconds(2)
        var attempt = 1
        while true {
            try await waitForSlot()
            let wish = SpendRequest(scope: "probe", worstCase: worstCase, wall: day)
            guard case .granted(let reservation) = await gate.reserve(wish) else {
                throw ProbeStop("the budget of this probe is used up; raise --budget")
            }
            let startedAt = clock.now.elapsed
            let response: WarmResponse
            do {
                response = try await client.send(
                    WarmRequest(body: body, headers: headers, model: prompt.model, lifetime: lifetime))
            } catch {
                // Nobody knows whether it was billed.
                await settle(reservation, at: error is NotSent ? .zero : reservation.amount)
                throw ProbeStop("\(error)")
            }
            if response.status == 200, let usage = response.usage {
                await settle(reservation, at: price.cost(of: usage, modifiers: []).total)
                onCall()
                return Answer(usage: usage, startedAt: startedAt, endedAt: clock.now.elapsed)
            }
            await settle(reservation, at: response.status == 200 ? reservation.amount : .zero)
            let reason = response.error.map(String.init(describing:)) ?? "the response bears no usage"
            guard [408, 409, 429].contains(response.status) || response.status >= 500, attempt < Self.mostAttempts
            else { throw ProbeStop("\(response.status) \(reason)", status: response.status) }
            attempt += 1
            try await sleep(until: clock.now.elapsed + (response.advice.delay ?? pause))
            pause = pause * 2
        }
    }

    /// Waits until a time.
    func sleep(until moment: Moment) async throws(ProbeStop) {
        do {
            try await clock.sleep(until: moment)
        } catch {
            throw ProbeStop("interrupted")
        }
    }

    /// By count where words have been counted, else no more than its bytes.
    private func mostTokens(of prompt: ProbePrompt, _ body: [UInt8]) -> Int {
        guard let perWord = book.entries.withLock(\.tokensPerWord) else { return body.count }
        return ProbeSchedule.reserved(Int(Double(prompt.words + prompt.moreWords) * perWord))
    }

    private func waitForSlot() async throws(ProbeStop) {
        let now = clock.now.elapsed
        let slot = book.entries.withLock { entries in
            let slot = max(now, entries.nextSlot)
            entries.nextSlot = slot + ProbeSchedule.spacing
            return slot
        }
        if slot > now { try await sleep(until: slot) }
    }

    private func settle(_ reservation: Reservation, at cost: USD) async {
        await gate.settle(reservation, at: cost)
        book.entries.withLock {
            $0.calls += 1
            $0.cost = $0.cost + cost
        }
    }
}

/// Why a question could not be answered. Never holds a key.
struct ProbeStop: Error, Hashable, Sendable {
    var reason: String
    /// The HTTP status that ended it.
    var status: Int?

    init(_ reason: String, status: Int? = nil) {
        self.reason = reason
        self.status = status
    }
}
