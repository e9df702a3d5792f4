public import PromptCache
public import WarmingPolicies

/// What the replicas of a fleet agree on, so that together they ping each prefix once: who pings it, and when anybody has
/// touched it last.
///
/// Times go over as ages, which each side counts by its own clock, so that it does not matter how far the clocks of two
/// replicas and of the store are apart. To implement one: a claim is decided in one step, by the rule of ``Standing``;
/// `StoreConformance` checks it.
public protocol PingLease: Sendable {
    /// Asks to be the one that pings a prefix now.
    ///
    /// - Throws: ``LedgerError`` if nobody can tell; then nothing is sent.
    func claim(_ claim: PingClaim) async throws(LedgerError) -> ClaimAnswer

    /// Takes in what has happened at a replica since its last beat, all or nothing.
    ///
    /// - Throws: ``LedgerError`` if it was not taken in, and is to be told again.
    func beat(_ beat: FleetBeat) async throws(LedgerError) -> FleetNews

    /// When prefixes were touched last, of those that were. Asked now and then for what a replica rests from pinging, so
    /// that it knows if another one takes it up and is gone.
    func touches(of keys: [String]) async throws(LedgerError) -> [String: LastTouch]

    /// The replicas that were heard of lately, by name.
    func replicas() async throws(LedgerError) -> [ReplicaStatus]
}

/// A wish to ping a prefix.
public struct PingClaim: Sendable, Hashable {
    /// Stands for the prefix and for who pays.
    public var key: String
    /// Who asks.
    public var replica: String
    /// How long the provider keeps the prefix.
    public var lifetime: Duration
    /// How long ago the last touch began that the replica knows of; nil if it knows of none.
    public var age: Duration?
    /// For a turn of a conversation how long ago its last arrival began that the replica knows of: nobody needs it once a
    /// longer request has gone on from it since, whoever has pinged it meanwhile. Nil for what many requests share.
    public var turn: Duration?

    public init(key: String, replica: String, lifetime: Duration, age: Duration?, turn: Duration? = nil) {
        self.key = key
        self.replica = replica
        self.lifetime = lifetime
        self.age = age
        self.turn = turn
    }
}

/// The right to ping a prefix, for a while.
public struct Lease: Sendable, Hashable {
    public var key: String
    /// Counts who has had it; whoever has it later has the higher one.
    public var generation: Int64

    public init(key: String, generation: Int64) {
        self.key = key
        self.generation = generation
    }

    /// How long it holds unless it is renewed: a replica that dies is replaced well within what is left of a lifetime
    /// when a ping is due.
    public static let length = Duration.seconds(3)
}

/// Whether a replica may ping.
public enum ClaimAnswer: Sendable, Hashable {
    case granted(Lease)
    /// Somebody else has touched the prefix since; a ping would be in vain.
    case touched(LastTouch)
    /// Another one pings it right now, and may take so long.
    case held(for: Duration)
}

/// When a prefix was touched last, as ages.
public struct LastTouch: Sendable, Hashable {
    /// How long ago the last arrival began anywhere; nil if none is known.
    public var arrival: Duration?
    /// How long ago the last ping began; nil if none is known.
    public var ping: Duration?
    /// What that ping has found.
    public var verdict: Verdict?
    /// How long ago the last longer request began that went on from it as from a turn of its conversation; nil if none is
    /// known. Whether that has touched the prefix itself is not said.
    public var continued: Duration?
    /// Which replica was the last to have its lease; nil if none has.
    public var holder: String?

    public init(
        arrival: Duration? = nil, ping: Duration? = nil, verdict: Verdict? = nil, continued: Duration? = nil,
        holder: String? = nil
    ) {
        self.arrival = arrival
        self.ping = ping
        self.verdict = verdict
        self.continued = continued
        self.holder = holder
    }
}

/// What has happened at a replica since its last beat.
public struct FleetBeat: Sendable {
    /// A request of the user's.
    public struct Touch: Sendable, Hashable {
        public var key: String
        /// How long ago it began.
        public var age: Duration

        public init(key: String, age: Duration) {
            self.key = key
            self.age = age
        }
    }

    /// A ping that is over.
    public struct Ping: Sendable, Hashable {
        public var key: String
        /// That of its lease; nil for one that was sent without asking, such as before a deploy.
        public var generation: Int64?
        /// How long ago it began; nil if it has touched nothing.
        public var age: Duration?
        /// What it has found.
        public var verdict: Verdict?

        public init(key: String, generation: Int64?, age: Duration? = nil, verdict: Verdict? = nil) {
            self.key = key
            self.generation = generation
            self.age = age
            self.verdict = verdict
        }
    }

    public var replica: String
    /// What its clock shows.
    public var wall: Moment
    /// How many scopes it has; nil for as many as before.
    public var scopes: Int?
    /// How many of them it holds: those that are warm and that it was the last to ping; nil for as many as before.
    public var holds: Int?
    /// How long the oldest of the touches has waited to be told.
    public var lag: Duration
    /// One for each key, the last.
    public var touches: [Touch]
    /// Turns that a longer request has gone on from, one for each key, the last.
    public var continued: [Touch]
    public var pings: [Ping]
    /// Leases whose pings are under way.
    public var renewals: [Lease]
    /// Whether the replica goes.
    public var isLast: Bool
    /// Turns warming off or on in the whole fleet; nil for neither.
    public var warming: Warming?

    /// Whether the fleet spends.
    public enum Warming: Sendable, Hashable {
        case on
        case off(String)
    }

    public init(
        replica: String, wall: Moment, scopes: Int? = nil, holds: Int? = nil, lag: Duration = .zero,
        touches: [Touch] = [], continued: [Touch] = [], pings: [Ping] = [], renewals: [Lease] = [],
        isLast: Bool = false, warming: Warming? = nil
    ) {
        self.replica = replica
        self.wall = wall
        self.scopes = scopes
        self.holds = holds
        self.lag = lag
        self.touches = touches
        self.continued = continued
        self.pings = pings
        self.renewals = renewals
        self.isLast = isLast
        self.warming = warming
    }
}

/// What a replica hears when it tells.
public struct FleetNews: Sendable, Hashable {
    /// Why nobody in the fleet spends; nil while everybody may.
    public var offReason: String?
    /// Leases that it wanted renewed and that others have, or that have run out.
    public var lost: [Lease]
    /// How many of the pings that are over had run out of their lease: each was perhaps one too many.
    public var late: Int

    public init(offReason: String? = nil, lost: [Lease] = [], late: Int = 0) {
        self.offReason = offReason
        self.lost = lost
        self.late = late
    }
}

/// What the fleet knows of a replica.
public struct ReplicaStatus: Sendable, Hashable {
    public var name: String
    /// How long ago it was heard of.
    public var age: Duration
    /// By how much its clock is ahead of the store's, less the time that its word took to get there.
    public var skew: Duration
    /// How long the touches that it told of last had waited for that.
    public var lag: Duration
    /// How many scopes it has.
    public var scopes: Int
    /// How many of them it holds: those that are warm and that it was the last to ping.
    public var holds: Int
    /// How many pings it has claimed and finished since it joined.
    public var pings: Int
    /// Of these, how many had run out of their lease.
    public var late: Int

    public init(
        name: String, age: Duration, skew: Duration, lag: Duration, scopes: Int, holds: Int, pings: Int, late: Int
    ) {
        self.name = name
        self.age = age
        self.skew = skew
        self.lag = lag
        self.scopes = scopes
        self.holds = holds
        self.pings = pings
        self.late = late
    }

    /// Whether it has died or is cut off: one that lives is heard of every ten seconds.
    public var isSilent: Bool { age > .seconds(30) }
}
