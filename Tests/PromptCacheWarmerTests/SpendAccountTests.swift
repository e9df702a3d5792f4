import CachePrices
import Foundation
import SteppedTime
import Testing
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("Money passes one door")
struct SpendAccountTests {
    private func wish(_ usd: StaticString, at seconds: Double = 0, scope: String = "a", budget: Budget? = nil)
        -> SpendRequest
    {
        SpendRequest(scope: scope, worstCase: .usd(usd), wall: .at(seconds), scopeBudget: budget)
    }

    private func granted(_ answer: SpendAnswer) throws -> Reservation {
        guard case .granted(let reservation) = answer else {
            Issue.record("refused: \(answer)")
            throw CancellationError()
        }
        return reservation
    }

    private func refusal(_ answer: SpendAnswer) -> SpendRefusal? {
        if case .refused(let refusal) = answer { refusal } else { nil }
    }

    @Test("What is reserved counts as spent until it is settled")
    func reserving() throws {
        var account = SpendAccount(budget: .perDay(.usd("1.00")))
        let first = try granted(account.reserve(wish("0.60")))
        #expect(refusal(account.reserve(wish("0.50"))) != nil)
        account.settle(first, at: .usd("0.10"))
        #expect(account.spent(on: .at(1)) == .usd("0.10"))
        _ = try granted(account.reserve(wish("0.90")))
        #expect(account.spent(on: .at(1)) == .usd("1.00"))
    }

    @Test("A reservation is settled once")
    func settlingTwice() throws {
        var account = SpendAccount(budget: .perDay(.usd("1.00")))
        let reservation = try granted(account.reserve(wish("0.60")))
        account.settle(reservation, at: .usd("0.10"))
        account.settle(reservation, at: .zero)
        #expect(account.spent(on: .at(1)) == .usd("0.10"))
    }

    @Test("Zero means zero")
    func zero() {
        var account = SpendAccount(budget: .perDay(.zero))
        #expect(refusal(account.reserve(wish("0.000001"))) != nil)
    }

    @Test("A refusal says when the next day begins in the budget's time zone")
    func nextDay() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        var account = SpendAccount(budget: Budget(perDay: .usd("1.00"), timeZone: berlin))
        account.settle(try granted(account.reserve(wish("1.00", at: 3600))), at: .usd("1.00"))
        let answer = try #require(refusal(account.reserve(wish("0.50", at: 7200))))
        #expect(answer.retryAt == .at(23 * 3600))
        _ = try granted(account.reserve(wish("0.50", at: 23 * 3600)))
    }

    @Test("A ping above the limit of a day or of a ping is hopeless, and says so")
    func hopeless() {
        var account = SpendAccount(budget: Budget(perDay: .usd("1.00"), perPing: .usd("0.05")))
        #expect(refusal(account.reserve(wish("0.06")))?.retryAt == nil)
        var daily = SpendAccount(budget: .perDay(.usd("1.00")))
        #expect(refusal(daily.reserve(wish("1.01"))).map { $0.retryAt == nil } == true)
    }

    @Test("A scope's own budget binds it and nobody else")
    func scopeBudget() throws {
        var account = SpendAccount(budget: .perDay(.usd("1.00")))
        let own = Budget.perDay(.usd("0.10"))
        _ = try granted(account.reserve(wish("0.08", budget: own)))
        #expect(refusal(account.reserve(wish("0.08", budget: own)))?.reason.contains("the budget of a") == true)
        _ = try granted(account.reserve(wish("0.08", scope: "b")))
    }

    @Test(
        "A call that is open at midnight counts on the new day too, and a clock that jumps back finds nothing new to spend"
    )
    func midnight() throws {
        var account = SpendAccount(budget: .perDay(.usd("1.00")))
        let open = try granted(account.reserve(wish("0.40", at: 86_399)))
        #expect(account.spent(on: .at(86_401)) == .usd("0.40"))
        account.settle(open, at: .usd("0.10"))
        #expect(account.spent(on: .at(86_402)) == .usd("0.10"))
        _ = try granted(account.reserve(wish("0.90", at: 86_403)))
        #expect(refusal(account.reserve(wish("0.10", at: 10))) != nil)
    }

    @Test("Whatever the order of reserving and settling, the day's limit holds", arguments: 1...20)
    func neverOverspent(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let limit = USD.usd("1.00")
        var account = SpendAccount(budget: .perDay(limit))
        var open: [Reservation] = []
        var settled = USD.zero
        for _ in 0..<500 {
            if Bool.random(using: &random), let last = open.popLast() {
                let cost = USD(picodollars: Int64.random(in: 0...last.amount.picodollars, using: &random))
                account.settle(last, at: cost)
                settled = settled + cost
            } else {
                let amount = USD(picodollars: Int64.random(in: 0...200_000_000_000, using: &random))
                let answer = account.reserve(SpendRequest(scope: "a", worstCase: amount, wall: .at(0)))
                if case .granted(let reservation) = answer { open.append(reservation) }
            }
            let total = open.reduce(settled) { $0 + $1.amount }
            #expect(total <= limit)
            #expect(account.spent(on: .at(0)) == total)
        }
    }
}
