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
        /// How long it really lives.
        var held: Duration
        /// From when on it can be read.
        var readableFrom = Duration.zero

        init(tokens: Int, lifetime: EmulatedLifetime, touchedAt: Duration, rules: CacheBehaviour) {
            self.tokens = tokens
            self.lifetime = lifetime
            self.touchedAt = touchedAt
            held = lifetime == .fiveMinutes ? rules.held5m ?? lifetime.duration : lifetime.duration
        }

        func isAlive(at now: Duration) -> Bool { now - touchedAt <= held }
    }

    /// What the provider counts, and what is to be written once the response begins.
    struct Plan {
        var usage = EmulatedUsage()
        var writes: [(name: [UInt8], entry: Entry)] = []
        /// How long after the response begins what is written can be read.
        var readableAfter = Duration.zero
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
        let minimum = rules.minimumTokens ?? request.minimumTokens
        let breakpoints = request.breakpoints.filter { cumulative[$0.block] >= minimum }
        guard let last = breakpoints.last else {
            plan.usage.input = total
            return plan
        }
        let positions = Self.positions(of: request.blocks)
        func name(_ block: Int, _ lifetime: EmulatedLifetime) -> [UInt8] {
            Self.name(hashes.ofBlocks[block], lifetime, rules)
        }
        let hit = hit(breakpoints, positions, owner, now, name)
        if let hit, rules.refreshes(maxTokens: request.maxTokens) {
            let earlier = rules.refreshesEarlierBreakpoints ? breakpoints.filter { $0.block < hit.block } : []
            refresh(earlier.map { name($0.block, $0.lifetime) } + [hit.name], owner, now)
        }

        let behindHit = hit.map { hit in breakpoints.filter { $0.block > hit.block } } ?? breakpoints
        let a = hit.map { cumulative[$0.block] } ?? 0
        let asked = behindHit.map { breakpoint in
            (breakpoint.block, rules.downgradesHour ? .fiveMinutes : breakpoint.lifetime)
        }
        let b = asked.last { $0.1 == .oneHour }.map { cumulative[$0.0] } ?? a
        let c = max(cumulative[last.block], a)
        plan.usage.read = a
        plan.usage.write1h = b - a
        plan.usage.write5m = c - b
        plan.usage.input = total - c
        let below = hit.flatMap { entries[owner]?[$0.name]?.lifetime }
        plan.writes = asked.map { block, lifetime in
            // With segments, older tokens keep their own lifetime, and a prefix lives no longer than its shortest part.
            let held = rules.hourModel == .segment && below == .fiveMinutes ? EmulatedLifetime.fiveMinutes : lifetime
            let entry = Entry(tokens: cumulative[block], lifetime: held, touchedAt: now, rules: rules)
            return (name(block, lifetime), entry)
        }
        if request.usesServerTools, request.maxTokens > 0, plan.usage.input > 0 {
            // The provider goes on with the conversation by itself, and writes what it will read again.
            plan.usage.write5m += plan.usage.input
            plan.usage.input = 0
            plan.writes.append(
                (
                    name(request.blocks.count - 1, .fiveMinutes),
                    Entry(tokens: total, lifetime: .fiveMinutes, touchedAt: now, rules: rules)
                ))
        }
        plan.readableAfter = rules.readableAfter
        return plan
    }

    /// The response begins: what was written can be read from now on.
    mutating func commit(_ plan: Plan, owner: Owner, now: Duration) {
        for (name, entry) in plan.writes where entry.isAlive(at: now) {
            var entry = entry
            if plan.readableAfter > .zero { entry.readableFrom = now + plan.readableAfter }
            if let other = entries[owner]?[name], other.isAlive(at: now) {
                entry.touchedAt = max(entry.touchedAt, other.touchedAt)
                entry.readableFrom = min(entry.readableFrom, other.readableFrom)
                entry.held = max(entry.held, other.held)
                if other.lifetime == .oneHour { entry.lifetime = .oneHour }
            }
            entries[owner, default: [:]][name] = entry
        }
    }

    /// Drops every prefix of a request.
    mutating func evict(_ hashes: PromptHashes, of owner: Owner) {
        for hash in hashes.ofBlocks {
            for name in [hash] + EmulatedLifetime.allCases.map({ Self.ownName(hash, $0) }) {
                entries[owner]?[name] = nil
            }
        }
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

    /// What an entry is kept under: its hash, and with it the lifetime where that is part of the key.
    private static func name(_ hash: [UInt8], _ lifetime: EmulatedLifetime, _ rules: CacheBehaviour) -> [UInt8] {
        rules.separatesLifetimes ? ownName(hash, lifetime) : hash
    }

    private static func ownName(_ hash: [UInt8], _ lifetime: EmulatedLifetime) -> [UInt8] {
        hash + lifetime.rawValue.utf8
    }

    /// The longest block up to which an entry is found, from the last breakpoint backwards.
    private func hit(
        _ breakpoints: [(block: Int, lifetime: EmulatedLifetime)], _ positions: [Int], _ owner: Owner, _ now: Duration,
        _ name: (Int, EmulatedLifetime) -> [UInt8]
    ) -> (block: Int, name: [UInt8])? {
        guard let held = entries[owner] else { return nil }
        for breakpoint in breakpoints.reversed() {
            var block = breakpoint.block
            while block >= 0, positions[breakpoint.block] - positions[block] < Self.lookback {
                let name = name(block, breakpoint.lifetime)
                if let entry = held[name], entry.isAlive(at: now), entry.readableFrom <= now { return (block, name) }
                block -= 1
            }
        }
        return nil
    }

    private mutating func refresh(_ names: [[UInt8]], _ owner: Owner, _ now: Duration) {
        for name in names where entries[owner]?[name]?.isAlive(at: now) == true {
            entries[owner]?[name]?.touchedAt = now
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
    /// What reads do not refresh.
    var unrefreshed: UnrefreshedReads?
    /// Whether the same prefix under another lifetime is another entry.
    var separatesLifetimes = false
    /// The shortest prefix that is cached; nil for what the model is documented to have.
    var minimumTokens: Int?
    /// How long after a response begins what it wrote can be read.
    var readableAfter = Duration.zero
    /// How long entries of five minutes really live; nil for what is promised.
    var held5m: Duration?

    enum UnrefreshedReads: String {
        /// None refreshes.
        case all
        /// Those that ask for no output.
        case zero
    }

    func refreshes(maxTokens: Int) -> Bool {
        switch unrefreshed {
        case .all: false
        case .zero: maxTokens > 0
        case nil: true
        }
    }
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
