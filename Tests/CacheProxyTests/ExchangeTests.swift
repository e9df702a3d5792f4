import SteppedTime
import Testing

@testable import CacheProxy

@Suite("An exchange, by hand")
struct ExchangeTests {
    private static let lost = Refusal.badRequest("lost")

    private func exchange(awaitsContinue: Bool = false) -> Exchange {
        Exchange(bodyLimit: 100, keepsClient: true, awaitsContinue: awaitsContinue)
    }

    @Test("an upstream's connection is used again only once both request and response have ended")
    func reuse() {
        var late = exchange()
        #expect(late.linked() == .send)
        #expect(late.clientEnded() == .relay)
        #expect(late.upstreamAnswered(closes: false) == .relay)
        #expect(late.upstreamEnded() == .relayAndFinish(.init(reusesUpstream: true, client: .reuse)))

        var early = exchange()
        #expect(early.linked() == .send)
        #expect(early.upstreamAnswered(closes: false) == .relay)
        #expect(early.upstreamEnded() == .relay)
        #expect(early.clientSent(10) == .relay)
        #expect(early.clientEnded() == .relayAndFinish(.init(reusesUpstream: true, client: .reuse)))
    }

    @Test("two responses to one request end the upstream's connection")
    func twoResponses() {
        var exchange = exchange()
        _ = exchange.linked()
        _ = exchange.upstreamAnswered(closes: false)
        _ = exchange.upstreamEnded()
        #expect(exchange.upstreamAnswered(closes: false) == .nothing)
        #expect(exchange.upstreamEnded() == .nothing)
        #expect(exchange.clientEnded() == .relay)
    }

    /// Whatever happens in whatever order, what is said is never more than one end, and nothing after it.
    @Test("any order of events leads to at most one end", arguments: 0..<200)
    func anyOrder(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var exchange = exchange(awaitsContinue: Bool.random(using: &random))
        var isOver = false
        var requestEnded = false
        var responseEnded = false
        for _ in 0..<40 {
            let action: Exchange.Action
            switch Int.random(in: 0..<10, using: &random) {
            case 0 where !requestEnded: action = exchange.clientSent(Int.random(in: 0...30, using: &random))
            case 1 where !requestEnded:
                requestEnded = true
                action = exchange.clientEnded()
            case 2: action = exchange.linked()
            case 3: action = exchange.upstreamInformed(isContinue: true)
            case 4: action = exchange.upstreamAnswered(closes: Bool.random(using: &random))
            case 5: action = exchange.upstreamSent()
            case 6:
                action = exchange.upstreamEnded()
                if action != .nothing { responseEnded = true }
            case 7: action = exchange.upstreamIsLost(Self.lost)
            case 8: action = exchange.timedOut(Self.lost)
            default: action = exchange.clientIsGone()
            }
            if isOver { #expect(action == .nothing) }
            switch action {
            case .relayAndFinish(let ending), .finish(let ending), .answer(_, let ending):
                isOver = true
                if ending.reusesUpstream { #expect(requestEnded && responseEnded) }
                if !requestEnded { #expect(ending.client == .linger) }
            case .cut, .abandon: isOver = true
            default: break
            }
        }
    }
}
