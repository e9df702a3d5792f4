import CachePrices
import Foundation
import PromptCacheWarmer
import WarmingPolicies

extension StoreConformance {
    /// Everything that a spend gate must do.
    public static let gateChecks: [GateCheck] = [
        GateCheck(description: "What is reserved counts as spent until it is settled") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            let first = try await granted(gate, "0.60")
            try await refused(gate, "0.50")
            await gate.settle(first, at: .usd("0.10"))
            try expectEqual(await gate.spent(on: noon), .usd("0.10"), "spent")
            _ = try await granted(gate, "0.90")
            try expectEqual(await gate.spent(on: noon), .usd("1.00"), "spent")
        },
        GateCheck(description: "A reservation is settled once") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            let reservation = try await granted(gate, "0.60")
            await gate.settle(reservation, at: .usd("0.10"))
            await gate.settle(reservation, at: .zero)
            try expectEqual(await gate.spent(on: noon), .usd("0.10"), "spent")
        },
        GateCheck(description: "What was never reserved cannot be settled") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            await gate.settle(Reservation(id: 99, scope: "a", amount: .usd("0.10")), at: .zero)
            try expectEqual(await gate.spent(on: noon), .zero, "spent")
        },
        GateCheck(description: "Zero means zero") { make in
            let gate = try await make(.perDay(.zero))
            let refusal = try await refused(gate, "0.000000000001")
            try expect(refusal.retryAt == nil, "no day will do")
        },
        GateCheck(description: "A ping above the limit of a ping or of a day is hopeless, and says so") { make in
            let perPing = try await make(Budget(perDay: .usd("1.00"), perPing: .usd("0.05")))
            try expectEqual(try await refused(perPing, "0.06").retryAt, nil, "when to ask again")
            _ = try await granted(perPing, "0.05")
            try expectEqual(try await refused(try await make(.perDay(.usd("1.00"))), "1.01").retryAt, nil, "when")
        },
        GateCheck(description: "A refusal says when the next day begins in the budget's time zone") { make in
            guard let zone = TimeZone(identifier: "Asia/Kathmandu") else { throw Failure(description: "no time zones") }
            let gate = try await make(Budget(perDay: .usd("1.00"), timeZone: zone))
            await gate.settle(try await granted(gate, "1.00"), at: .usd("1.00"))
            // Noon in UTC is 17:45 there.
            let midnight = noon + .seconds(6 * 3600 + 15 * 60)
            try expectEqual(try await refused(gate, "0.10").retryAt, midnight, "when to ask again")
            try await refused(gate, "0.10", at: midnight - .seconds(1))
            _ = try await granted(gate, "1.00", at: midnight)
        },
        GateCheck(description: "What pings under way have set aside may be asked for again soon, not on the next day") {
            make in
            let gate = try await make(.perDay(.usd("1.00")))
            let own = Budget.perDay(.usd("0.30"))
            let open = try await granted(gate, "0.30", budget: own)
            for (amount, budget) in [("0.90", nil), ("0.20", own)] as [(StaticString, Budget?)] {
                let retryAt = try await refused(gate, amount, budget: budget).retryAt
                try expect(
                    retryAt.map { $0 > noon && $0 < noon + .seconds(60) } ?? false,
                    "when to ask again: \(retryAt as Any)")
            }
            await gate.settle(open, at: .usd("0.03"))
            _ = try await granted(gate, "0.20", budget: own)
        },
        GateCheck(description: "A scope's own budget binds it and nobody else") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            let own = Budget.perDay(.usd("0.10"))
            _ = try await granted(gate, "0.08", budget: own)
            try expect(try await refused(gate, "0.08", budget: own).reason.contains("the budget of a"), "whose it is")
            _ = try await granted(gate, "0.08", scope: "b")
            let cheap = Budget(perDay: .usd("0.10"), perPing: .usd("0.01"))
            try await refused(gate, "0.02", scope: "c", budget: cheap)
        },
        GateCheck(description: "All scopes together stay within the budget of all") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            for scope in ["a", "b", "c", "d"] {
                _ = try await granted(gate, "0.25", scope: scope, budget: .perDay(.usd("0.50")))
            }
            try await refused(gate, "0.01", scope: "e", budget: .perDay(.usd("0.50")))
        },
        GateCheck(description: "A call that is open at midnight counts on the new day too") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            let midnight = noon + .seconds(12 * 3600)
            let open = try await granted(gate, "0.40", at: midnight - .seconds(1))
            try expectEqual(await gate.spent(on: midnight), .usd("0.40"), "spent while it is open")
            _ = try await granted(gate, "0.60", at: midnight)
            try await refused(gate, "0.01", at: midnight)
            await gate.settle(open, at: .usd("0.10"))
            _ = try await granted(gate, "0.30", at: midnight)
        },
        GateCheck(description: "A clock that jumps back finds nothing new to spend") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            await gate.settle(try await granted(gate, "1.00"), at: .usd("1.00"))
            for back in [1, 3_600, 86_400, 10 * 86_400] {
                try await refused(gate, "0.01", at: noon - .seconds(back))
            }
            try await refused(gate, "0.01")
        },
        GateCheck(description: "What was spent is settled though the task that spent it was cancelled") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            let reservation = try await granted(gate, "0.60")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await gate.settle(reservation, at: .usd("0.10"))
            }
            await task.value
            try expectEqual(await gate.spent(on: noon), .usd("0.10"), "spent")
        },
        GateCheck(description: "Many that ask at once do not overspend together") { make in
            let gate = try await make(.perDay(.usd("1.00")))
            let count = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let answer = await gate.reserve(
                            SpendRequest(scope: "\(number % 7)", worstCase: .usd("0.03"), wall: noon))
                        guard case .granted(let reservation) = answer else { return 0 }
                        if number.isMultiple(of: 3) { await gate.settle(reservation, at: .usd("0.03")) }
                        return 1
                    }
                }
                return try await group.reduce(0, +)
            }
            try expectEqual(count, 33, "granted")
            try expectEqual(await gate.spent(on: noon), .usd("0.99"), "spent")
        },
    ]

    /// 2026-06-15 12:00 UTC.
    static let noon = Moment(secondsSince1970: 1_781_524_800)

    private static func ask(
        _ gate: any SpendGate, _ amount: StaticString, at wall: Moment, scope: String, budget: Budget?
    ) async -> SpendAnswer {
        await gate.reserve(SpendRequest(scope: scope, worstCase: .usd(amount), wall: wall, scopeBudget: budget))
    }

    private static func granted(
        _ gate: any SpendGate, _ amount: StaticString, at wall: Moment = noon, scope: String = "a",
        budget: Budget? = nil
    ) async throws -> Reservation {
        switch await ask(gate, amount, at: wall, scope: scope, budget: budget) {
        case .granted(let reservation): return reservation
        case .refused(let refusal): throw Failure(description: "\(amount) was refused: \(refusal.reason)")
        }
    }

    @discardableResult
    private static func refused(
        _ gate: any SpendGate, _ amount: StaticString, at wall: Moment = noon, scope: String = "a",
        budget: Budget? = nil
    ) async throws -> SpendRefusal {
        switch await ask(gate, amount, at: wall, scope: scope, budget: budget) {
        case .granted: throw Failure(description: "\(amount) was granted")
        case .refused(let refusal): return refusal
        }
    }
}
