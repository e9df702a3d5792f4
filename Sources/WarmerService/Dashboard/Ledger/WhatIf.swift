import CachePrices
import CacheReports
import Foundation
import NIOPosix
import PromptCache
import PromptCacheWarmer
import TrafficImport
import WarmingPolicies

/// What other policies would have made of the last week's traffic, as the ledger has it.
actor WhatIf {
    /// The last answer, and when it was found.
    struct Answer: Sendable {
        var at: Moment
        var outcome: Outcome
    }

    enum Outcome: Sendable {
        case plan(WarmingPlan, model: ModelID?, isCut: Bool)
        /// There is nothing to replay.
        case nothing(String)
    }

    private let ledger: (any Ledger)?
    private let clock: any WarmClock
    private let prices: PriceList
    private let timeZone: TimeZone
    private var last: Answer?
    private var asking: Task<Answer, Never>?

    static let span = Duration.seconds(7 * 86_400)
    /// More take too long to replay while somebody waits: the latest are taken.
    static let mostRequests = 50_000
    /// An answer stands for so long.
    private static let life = Duration.seconds(600)

    init(
        _ ledger: (any Ledger)?, clock: any WarmClock, prices: PriceList, timeZone: TimeZone
    ) {
        self.ledger = ledger
        self.clock = clock
        self.prices = prices
        self.timeZone = timeZone
    }

    func answer() async -> Answer {
        if let last, clock.now.wall - last.at < Self.life { return last }
        if let asking { return await asking.value }
        let task = Task { await replay() }
        asking = task
        defer { asking = nil }
        let answer = await task.value
        last = answer
        return answer
    }

    private func replay() async -> Answer {
        let now = clock.now.wall
        guard let ledger else { return Answer(at: now, outcome: .nothing("No ledger is kept (store: off).")) }
        do {
            let (requests, isCut) = try await arrivals(ledger, now)
            guard requests.count > 1 else {
                return Answer(at: now, outcome: .nothing("The ledger has no requests of the last week to replay."))
            }
            let traffic = RecordedTraffic(requests: requests, files: 1)
            let model = traffic.mainModel
            let price = model.flatMap { prices.price(of: $0) }
            let plan = WarmingPlan.Traffic(
                trace: traffic.trace(
                    utcOffset: timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: now.secondsSince1970))),
                ratios: price.map { PriceRatios($0) } ?? .usual,
                model: model, inputPrice: price?.prices.input,
                minimumTokens: model.map { CacheRules(for: $0).minimumTokens } ?? 0)
            // Seconds of computing: not on the threads that serve.
            let done = try await NIOThreadPool.singleton.runIfActive { WarmingPlan(plan) }
            return Answer(at: now, outcome: .plan(done, model: model, isCut: isCut))
        } catch {
            return Answer(at: now, outcome: .nothing("\(error)"))
        }
    }

    /// The latest requests of the week, read day by day from its end so that a large ledger is not read whole.
    private func arrivals(_ ledger: any Ledger, _ now: Moment) async throws -> ([RecordedRequest], isCut: Bool) {
        var found: [RecordedRequest] = []
        var end = now + .seconds(1)
        let start = now - Self.span
        while end > start {
            let begin = max(start, end - .seconds(6 * 3600))
            let rows = try await ledger.rows(from: begin, to: end)
            found += rows.compactMap { row in
                guard row.kind == .arrival, let usage = row.usage else { return nil }
                return RecordedRequest(start: row.at, scope: row.scope, model: row.model, usage: usage)
            }
            if found.count >= Self.mostRequests {
                return (Array(found.sorted { $0.start > $1.start }.prefix(Self.mostRequests)), true)
            }
            end = begin
        }
        return (found, false)
    }
}
