import CachePrices
import PromptCache
import WarmingPolicies

/// The scopes of a warmer, the lanes that their pings go in, and what they share. The warmer's own.
struct ScopeTable {
    let clients: [String: any WarmCall]
    private let prices: PriceList
    private let profile: CacheProfile
    private let callsPerSecond: Double
    private let warmingSwitch: WarmingSwitch
    /// What is warmed of each scope, the last breakpoint's first.
    private var cells: [String: [EntryCell]] = [:]
    private var pool = PlanPool()
    private var nextNumber = 0
    let experience = Experience()
    private(set) var lanes: [Lane.Key: Lane] = [:]

    init(
        clients: [String: any WarmCall], prices: PriceList, profile: CacheProfile, callsPerSecond: Double,
        warmingSwitch: WarmingSwitch
    ) {
        self.clients = clients
        self.prices = prices
        self.profile = profile
        self.callsPerSecond = callsPerSecond
        self.warmingSwitch = warmingSwitch
    }

    /// The cells of a scope, the last breakpoint's first; empty if there is none of that name.
    subscript(name: String) -> [EntryCell] { cells[name] ?? [] }

    var all: some Sequence<EntryCell> { cells.values.joined() }

    var count: Int { cells.count }

    func contains(_ name: String) -> Bool { cells[name] != nil }

    /// Puts a scope in, in the place of one of the same name, whose cells go on where prefix and policy are the same.
    ///
    /// - Returns: its cells.
    /// - Throws: ``ScopeFault`` if it cannot be warmed; the old one then stays.
    @discardableResult
    mutating func put(_ scope: WarmScope, wall: Moment) throws(ScopeFault) -> [EntryCell] {
        guard let client = clients[scope.upstream] else {
            throw ScopeFault(
                scope: scope.name,
                reason: "no upstream is called \(scope.upstream); "
                    + "there is \(clients.keys.sorted().joined(separator: ", "))")
        }
        let plans = try PrefixPlan.plans(
            of: scope, endpoint: client.endpoint, prices: prices, profile: profile, pool: &pool)
        let terms = pool.terms(of: scope)
        var old = cells[scope.name] ?? []
        let added = plans.map { plan in
            let lane = lane(of: plan, scope.upstream, client)
            if let known = old.firstIndex(where: { $0.lane === lane && $0.entry.canGoOn(with: plan, terms) }) {
                let cell = old.remove(at: known)
                pool.release(cell.entry.plan)
                cell.entry.goOn(with: plan, terms)
                return cell
            }
            nextNumber += 1
            var entry = WarmEntry(plan: plan, name: scope.name, terms: terms, wall: wall)
            if let before = old.first(where: { $0.entry.plan.id == plan.id }) { entry.learn(from: before.entry) }
            return EntryCell(entry, lane: lane, number: nextNumber)
        }
        retire(old)
        cells[scope.name] = added
        return added
    }

    /// - Returns: whether there was one.
    @discardableResult
    mutating func remove(_ name: String) -> Bool {
        guard let gone = cells.removeValue(forKey: name) else { return false }
        retire(gone)
        return true
    }

    private mutating func retire(_ gone: [EntryCell]) {
        for cell in gone {
            cell.isGone = true
            cell.lane.forget(cell)
            pool.release(cell.entry.plan)
        }
    }

    private mutating func lane(of plan: PrefixPlan, _ upstream: String, _ client: any WarmCall) -> Lane {
        let key = Lane.Key(upstream: upstream, model: plan.model.name)
        if let known = lanes[key] { return known }
        let lane = Lane(
            client: client, callsPerSecond: callsPerSecond, warmingSwitch: warmingSwitch, experience: experience)
        lanes[key] = lane
        return lane
    }
}
