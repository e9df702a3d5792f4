import CachePrices
import Foundation
import PromptCacheWarmer
import WarmingPolicies

/// What pages are made of, gathered at one moment.
struct PageFacts {
    let now: ClockReading
    let overview: ScopeOverview
    let spentToday: USD
    let state: ConfigurationKeeper.State
    let offReason: String?
    let history: TickHistory
    /// For pages that show it; nil where none is kept.
    let ledger: LedgerReader.Reading?
    /// For the page that shows it; nil where there is none.
    let fleet: FleetReader.Reading?

    var budget: Budget { state.configuration.budget }
    var words: PageWords { PageWords(now: now.wall, timeZone: budget.timeZone) }

    /// 0 to 100.
    var spentPercent: Int {
        let limit = budget.perDay.picodollars
        guard limit > 0 else { return 100 }
        return Int(min(100, (Double(spentToday.picodollars) / Double(limit) * 100).rounded(.up)))
    }

    init(_ page: DashboardPage, _ desk: ControlDesk) async {
        let query: ScopeQuery =
            switch page {
            case .now(let query): query
            case .money: ScopeQuery(order: .spending, limit: DashboardPage.scopesListed)
            case .fleet: ScopeQuery(limit: DashboardPage.scopesListed)
            default: ScopeQuery(limit: 0)
            }
        fleet = page == .fleet ? await desk.fleet?.read() : nil
        overview = await desk.warmer.overview(query)
        spentToday = await desk.warmer.spentToday()
        state = await desk.keeper.state
        now = desk.clock.now
        offReason = desk.warmer.warmingOffReason
        history = desk.history
        ledger = page.showsLedger ? await desk.ledger.read() : nil
    }

    /// What a page shows, without what only time changes: scripts count that down by themselves.
    struct Signature: Hashable {
        private var counts: ScopeCounts
        private var spent: USD
        private var revision: Int
        private var faults: [String]
        private var offReason: String?
        private var proven: [Int64]
        private var replicas: [ReplicaStatus]
        private var fleetFault: String?
        private var lines: [String]

        init(_ facts: PageFacts, _ statuses: [ScopeStatus]) {
            counts = facts.overview.counts
            counts.longestOverdue = .zero
            spent = facts.spentToday
            revision = facts.state.revision
            faults = facts.state.faults
            offReason = facts.offReason
            let all = facts.ledger?.fold.all
            proven = [
                Int64(all?.requests ?? 0), all?.pingCost.picodollars ?? 0, all?.saved.picodollars ?? 0,
                Int64(facts.history.arrivals(limit: 1).first?.at.nanosecondsSince1970 ?? 0),
            ]
            // A replica that is heard of grows no older.
            replicas = facts.fleet?.replicas ?? []
            fleetFault = facts.fleet?.fault
            lines = (facts.overview.page + statuses).map { status in
                "\(status.id) \(status.state) \(status.nextAt?.nanosecondsSince1970 ?? 0) \(status.totals.hashValue) \(status.keptUntil?.nanosecondsSince1970 ?? 0) \(status.holder ?? "")"
            }
        }
    }
}
