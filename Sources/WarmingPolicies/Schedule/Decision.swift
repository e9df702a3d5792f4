/// What a schedule has decided, and why.
public enum Decision: Hashable, Sendable {
    /// Ping at this moment, unless something happens before; at once if it is now. Jitter may only make it earlier.
    case ping(at: Moment, Reason)
    /// Do nothing: until this moment, when the schedule wants to be asked again, or without one until something happens.
    case rest(until: Moment?, Reason)

    /// Why.
    public var reason: Reason {
        switch self {
        case .ping(_, let reason), .rest(_, let reason): reason
        }
    }

    /// When to act or to ask again; nil for a rest without an end.
    public var moment: Moment? {
        switch self {
        case .ping(let moment, _): moment
        case .rest(let moment, _): moment
        }
    }

    /// Whether it is a ping.
    public var isPing: Bool {
        switch self {
        case .ping: true
        case .rest: false
        }
    }

    /// The decision as open hours allow it: a ping that falls outside becomes a rest until they open, when the schedule
    /// decides afresh.
    public func within(_ hours: ActiveHours) -> Decision {
        guard case .ping(let moment, var reason) = self, !hours.isOpen(at: moment) else { return self }
        reason.code = .closed
        return .rest(until: hours.nextOpening(after: moment), reason)
    }
}
