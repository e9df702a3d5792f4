/// Recorded traffic: the requests of many scopes, in the order of time, and until when each scope was watched.
public struct Trace: Hashable, Sendable {
    /// Until when pings after a scope's last arrival are charged. Scopes die, so this decides what pinging on costs.
    public enum Horizon: Hashable, Sendable {
        /// To the last arrival of the whole trace.
        case lastArrival
        /// To a moment.
        case until(Moment)
        /// For a time after each scope's last arrival.
        case after(Duration)
    }

    /// The requests in the order of time.
    public let requests: [TraceRequest]
    /// How many scopes there are.
    public let scopes: Int
    /// Until when each scope was watched.
    public let horizon: Horizon
    /// Whether requests say what they add, as conversations do.
    public let isGrowing: Bool
    /// By how many seconds the users' clocks were ahead of the trace's, read as UTC; nil where its hours mean nothing.
    public let utcOffset: Int?

    /// - Parameters:
    ///   - requests: in any order; those of one moment stay in the order given. Scopes are numbered from 0 without a gap.
    ///   - isGrowing: a conversation's requests pay for what they add, and its pings end before the horizon and not on
    ///     it. Where prefixes are constant, each request finds the prefix as the one before has left it, and leaves its own.
    public init(
        requests: [TraceRequest], horizon: Horizon = .lastArrival, isGrowing: Bool = false, utcOffset: Int? = nil
    ) {
        var sorted = zip(requests.indices, requests)
            .sorted { ($0.1.start, $0.0) < ($1.1.start, $1.0) }
            .map(\.1)
        if !isGrowing { Self.takeOver(&sorted) }
        self.requests = sorted
        scopes = (requests.lazy.map(\.scope).max() ?? -1) + 1
        self.horizon = horizon
        self.isGrowing = isGrowing
        self.utcOffset = utcOffset
    }

    private static func takeOver(_ requests: inout [TraceRequest]) {
        var left: [Int: Int] = [:]
        for index in requests.indices {
            let request = requests[index]
            requests[index].prefixTokens = left[request.scope] ?? request.prefixTokens
            left[request.scope] = request.cachedTokens
        }
    }

    /// The requests of each scope that has any.
    public var byScope: [[TraceRequest]] {
        var all = [[TraceRequest]](repeating: [], count: scopes)
        for request in requests { all[request.scope].append(request) }
        return all.filter { !$0.isEmpty }
    }

    /// In floating-point seconds, as the published costs of recorded traces were counted: a tail may be a hair shorter.
    private static func counted(_ tail: Duration, after moment: Moment) -> Int64 {
        let start = moment.secondsSince1970
        return Int64((((start + tail.inSeconds) - start) * 1e9).rounded(.down))
    }

    /// Until when a scope is watched whose last arrival this is.
    func end(lastArrival: Moment) -> Moment {
        switch horizon {
        case .lastArrival: requests.last?.start ?? lastArrival
        case .until(let moment): max(moment, lastArrival)
        case .after(let tail):
            lastArrival + .nanoseconds(Self.counted(tail, after: lastArrival))
        }
    }
}
