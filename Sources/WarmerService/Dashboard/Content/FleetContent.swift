import PromptCacheWarmer
import WarmingPolicies

/// The replicas that share the store, and which of them holds what.
struct FleetContent {
    struct Replica {
        var name: String
        /// `this one`, `there` or `silent`.
        var word: String
        /// For the colour, as of scopes.
        var state: String
        /// When it was heard of, in milliseconds since 1970.
        var heard: String
        /// `0:03`.
        var ago: String
        var skew: String
        var isAstray: Bool
        var lag: String
        var scopes: Int
        var holds: Int
        /// For the bar, which must not be empty.
        var most: Int
        var pings: Int
        /// Nil for none.
        var late: Int?
    }

    var there: Int
    var silent: Int
    var hasSilent: Bool
    var held: Int
    var lag: String
    var apart: String
    var fault: String?
    var replicas: [Replica]
    var lines: [ScopeLine]
    var isEmpty: Bool
    /// How many scopes are not listed.
    var others: Int?

    /// Clocks may differ by so much without any harm.
    private static let harmless = Duration.seconds(60)

    init(_ reading: FleetReader.Reading, _ facts: PageFacts) {
        let living = reading.replicas.filter { !$0.isSilent }
        there = living.count
        silent = reading.replicas.count - living.count
        hasSilent = silent > 0
        held = living.map(\.holds).reduce(0, +)
        lag = Self.seconds(living.map(\.lag).max() ?? .zero)
        let skews = living.map(\.skew)
        apart = Self.seconds((skews.max() ?? .zero) - (skews.min() ?? .zero))
        fault = reading.fault
        replicas = reading.replicas.map { Replica($0, isThis: $0.name == reading.here, facts.now.wall) }
        lines = facts.overview.page.map { ScopeLine($0, now: facts.now, facts.words) }
        isEmpty = lines.isEmpty
        others = facts.overview.found > lines.count ? facts.overview.found - lines.count : nil
    }

    /// `0.4 s`.
    fileprivate static func seconds(_ duration: Duration) -> String {
        let tenths = Int((duration / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(abs(tenths % 10)) s"
    }

    fileprivate static func isAstray(_ skew: Duration) -> Bool { skew > harmless || skew < .zero - harmless }
}

extension FleetContent.Replica {
    fileprivate init(_ replica: ReplicaStatus, isThis: Bool, _ now: Moment) {
        name = replica.name
        (word, state) =
            replica.isSilent ? ("silent", "stopped") : isThis ? ("this one", "warm") : ("there", "cold")
        heard = PageWords.milliseconds(now - replica.age)
        ago = PageWords.clock(replica.age)
        let distance = replica.skew < .zero ? .zero - replica.skew : replica.skew
        let text = FleetContent.seconds(distance)
        skew = text == "0.0 s" ? "right" : "\(text) \(replica.skew < .zero ? "behind" : "ahead")"
        isAstray = FleetContent.isAstray(replica.skew)
        lag = FleetContent.seconds(replica.lag)
        scopes = replica.scopes
        holds = replica.holds
        most = max(1, replica.scopes)
        pings = replica.pings
        late = replica.late > 0 ? replica.late : nil
    }
}
