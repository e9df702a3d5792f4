import CachePrices
import Foundation
import PostgresWarmStore
import PromptCache
import PromptCacheWarmer
import SQLiteWarmStore
import SteppedTime
import WarmingPolicies

// Reserves, settles and records as fast as it can until it is killed, and says on standard output what is certainly on the
// disk: `settled ID PICODOLLARS` and `rows COUNT` once they are. Usage: LedgerWriter FILE_OR_URL BUDGET_PICODOLLARS SEED

let arguments = CommandLine.arguments
guard arguments.count == 4, let budget = Int64(arguments[2]), let seed = UInt64(arguments[3]) else {
    FileHandle.standardError.write(Data("usage: LedgerWriter FILE_OR_URL BUDGET_PICODOLLARS SEED\n".utf8))
    exit(2)
}
let limit = Budget.perDay(USD(picodollars: budget))
let store: any WarmStore =
    PostgresWarmStore.isURL(arguments[1])
    ? try await PostgresWarmStore.open(arguments[1], budget: limit)
    : try await SQLiteWarmStore.open(arguments[1], budget: limit)
var random = SeededRandom(seed: seed)
let wall = Moment(secondsSince1970: 1_781_524_800)

func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

say("ready")
var rows = 0
while true {
    let worst = USD(picodollars: Int64.random(in: 1_000...1_000_000, using: &random))
    let answer = await store.reserve(SpendRequest(scope: "writer \(seed)", worstCase: worst, wall: wall))
    guard case .granted(let reservation) = answer else {
        say("refused")
        try await Task.sleep(for: .milliseconds(1))
        continue
    }
    // Some are never settled, as if the call had been under way.
    if random.chance(80) {
        let cost = USD(picodollars: Int64.random(in: 0...worst.picodollars, using: &random))
        await store.settle(reservation, at: cost)
        say("settled \(reservation.id) \(cost.picodollars)")
    }
    for _ in 0..<Int.random(in: 0...20, using: &random) {
        rows += 1
        store.record(
            LedgerRow(
                .arrival, at: wall + .milliseconds(rows), scope: "writer \(seed)", upstream: "u",
                model: ModelID("claude-sonnet-5-5"), lifetime: .fiveMinutes, usage: Usage(read: 100)))
    }
    try await store.flush()
    say("rows \(rows)")
}
