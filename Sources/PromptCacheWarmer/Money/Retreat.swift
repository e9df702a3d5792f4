package import WarmingPolicies

/// When to ask again while a store fails: in a second, then in two, in four, and so on up to a minute.
package struct Retreat: Sendable {
    private var until = Moment.distantPast
    private var length = Duration.zero

    package init() {}

    private static let shortest = Duration.seconds(1)
    private static let longest = Duration.seconds(60)

    /// It has failed. However many ask before the time is over, it grows once.
    package mutating func failed(at now: Moment) -> Moment {
        // A clock that has jumped back must not make it long.
        if now >= until || until - now > length {
            length = min(max(length * 2, Self.shortest), Self.longest)
            until = now + length
        }
        return until
    }

    package mutating func succeeded() { self = Retreat() }
}
