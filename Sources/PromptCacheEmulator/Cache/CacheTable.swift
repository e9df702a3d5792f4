/// The cache itself: which prefixes are held, for whom and how long.
///
/// A state machine: time is given, nothing is sent. A request looks up and refreshes when it starts; what it writes can be
/// read only once its response begins, so writing is a second step.
struct CacheTable {
    /// Whose cache it is. Nothing is shared between two of these.
    struct Owner: Hashable {
        var workspace: String
        var model: String
        /// The endpoint's region; empty for the usual one.
        var region = ""
    }

    struct Entry {
        var tokens: Int
        var lifetime: EmulatedLifetime
        /// When the request that wrote or last read it started.
        var touchedAt: Duration

        func isAlive(at now: Duration) -> Bool { now - touchedAt <= lifetime.duration }
    }

    /// What the provider counts, and what is to be written once the response begins.
    struct Plan {
        var usage = EmulatedUsage()
        var writes: [(hash: [UInt8], entry: Entry)] = []
    }

    private(set) var entries: [Owner: [[UInt8]: Entry]] = [:]

    /// How far a read looks back from a breakpoint, counting the breakpoint itself.
    static let lookback = 20

    /// Looks a request up as it starts, refreshes what it reads, and says what it will be billed and write.
    mutating func begin(
        _ request: EmulatedRequest, hashes: PromptHashes, owner: Owner, now: Duration, rules: CacheBehaviour
    ) -> Plan {
        let counts = request.tokenCounts
        var cumulative: [Int] = []
        for count in counts { cumulative.append((cumulative.last ?? 0) + count) }
        let total = cumulative.last ?? 0
        var plan = Plan()
        // A prefix below the minimum is not cached, and nobody is told.
        let breakpoints = request.breakpoints.filter { cumulative[$0.block] >= request.minimumTokens }
        guard let last = breakpoints.last else {
            plan.usage.input = total
            return plan
        }
        let positions = Self.positions(of: request.blocks)
        let hit = hit(breakpoints.map(\.block), positions, hashes, owner, now)
        if let hit { refresh(hit, breakpoints.map(\.block), hashes, owner, now, rules) }

        let behindHit = hit.map { hit in breakpoints.filter { $0.block > hit } } ?? breakpoints
        let a = hit.map { cumulative[$0] } ?? 0
        let asked = behindHit.map { breakpoint in
            (breakpoint.block, rules.downgradesHour ? .fiveMinutes : breakpoint.lifetime)
        }
        let b = asked.last { $0.1 == .oneHour }.map { cumulative[$0.0] } ?? a
        let c = max(cumulative[last.block], a)
        plan.usage.read = a
        plan.usage.write1h = b - a
        plan.usage.write5m = c - b
        plan.usage.input = total - c
        let below = hit.flatMap { entries[owner]?[hashes.ofBlocks[$0]]?.lifetime }
        plan.writes = asked.map { block, lifetime in
            // With segments, older tokens keep their own lifetime, and a prefix lives no longer than its shortest part.
            let held = rules.hourModel == .segment && below == .fiveMinutes ? EmulatedLifetime.fiveMinutes : lifetime
            return (hashes.ofBlocks[block], Entry(tokens: cumulative[block], lifetime: held, touchedAt: now))
        }
        if request.usesServerTools, request.maxTokens > 0, let end = hashes.ofBlocks.last, plan.usage.input > 0 {
            // The provider goes on with the conversation by itself, and writes what it will read again.
            plan.usage.write5m += plan.usage.input
            plan.usage.input = 0
            plan.writes.append((end, Entry(tokens: total, lifetime: .fiveMinutes, touchedAt: now)))
        }
        return plan
    }

    /// The response begins: what was written can be read from now on.
    mutating func commit(_ plan: Plan, owner: Owner, now: Duration) {
        for (hash, entry) in plan.writes where entry.isAlive(at: now) {
            var entry = entry
            if let other = entries[owner]?[hash], other.isAlive(at: now) {
                entry.touchedAt = max(entry.touchedAt, other.touchedAt)
                if other.lifetime == .oneHour { entry.lifetime = .oneHour }
            }
            entries[owner, default: [:]][hash] = entry
        }
    }

    /// Drops every prefix of a request.
    mutating func evict(_ hashes: PromptHashes, of owner: Owner) {
        for hash in hashes.ofBlocks { entries[owner]?[hash] = nil }
    }

    /// Drops what has expired.
    mutating func sweep(at now: Duration) {
        entries = entries.mapValues { $0.filter { $0.value.isAlive(at: now) } }.filter { !$0.value.isEmpty }
    }

    // MARK: Reading

    /// The position of each block; a run of tool calls is one, and so is a run of tool results.
    private static func positions(of blocks: [EmulatedBlock]) -> [Int] {
        var positions: [Int] = []
        for (index, block) in blocks.enumerated() {
            let previous = index > 0 ? blocks[index - 1] : nil
            let isRun =
                (block.type == "tool_use" || block.type == "tool_result") && previous?.type == block.type
                && previous?.message == block.message
            positions.append((positions.last ?? -1) + (isRun ? 0 : 1))
        }
        return positions
    }

    /// The longest block up to which an entry is found, from the last breakpoint backwards.
    private func hit(
        _ breakpoints: [Int], _ positions: [Int], _ hashes: PromptHashes, _ owner: Owner, _ now: Duration
    ) -> Int? {
        guard let held = entries[owner] else { return nil }
        for breakpoint in breakpoints.reversed() {
            var block = breakpoint
            while block >= 0, positions[breakpoint] - positions[block] < Self.lookback {
                if held[hashes.ofBlocks[block]]?.isAlive(at: now) == true { return block }
                block -= 1
            }
        }
        return nil
    }

    private mutating func refresh(
        _ hit: Int, _ breakpoints: [Int], _ hashes: PromptHashes, _ owner: Owner, _ now: Duration,
        _ rules: CacheBehaviour
    ) {
        let earlier = rules.refreshesEarlierBreakpoints ? breakpoints.filter { $0 < hit } : []
        for block in earlier + [hit] where entries[owner]?[hashes.ofBlocks[block]]?.isAlive(at: now) == true {
            entries[owner]?[hashes.ofBlocks[block]]?.touchedAt = now
        }
    }
}

/// What is not documented, or differs by route, and so can be switched.
struct CacheBehaviour: Hashable {
    enum HourModel: String {
        /// A 1h breakpoint keeps the whole prefix for an hour.
        case entry
        /// Older tokens keep their own lifetime: the careful assumption.
        case segment
    }

    /// Whether a 1h marker is silently treated as 5m.
    var downgradesHour = false
    var hourModel = HourModel.segment
    /// Whether a read refreshes the request's own earlier breakpoints too, or only what it hits.
    var refreshesEarlierBreakpoints = true
}

/// Tokens as the provider counts them.
public struct EmulatedUsage: Hashable, Sendable {
    public var input = 0
    public var write5m = 0
    public var write1h = 0
    public var read = 0
    public var output = 0

    public init() {}

    static func + (a: EmulatedUsage, b: EmulatedUsage) -> EmulatedUsage {
        var sum = a
        sum.input += b.input
        sum.write5m += b.write5m
        sum.write1h += b.write1h
        sum.read += b.read
        sum.output += b.output
        return sum
    }
}
