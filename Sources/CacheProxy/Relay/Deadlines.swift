import NIOCore

/// Until when a client's connection may stay as it is.
struct Deadlines: Sendable {
    /// What is waited for.
    enum Waiting: Equatable {
        /// The first byte of a request.
        case request
        /// The rest of a request's headers.
        case headers
        /// The next byte of an exchange, and its end.
        case exchange
        /// The client's end of the connection.
        case linger
    }

    private(set) var waiting = Waiting.headers
    private var since: NIODeadline
    private var progress: NIODeadline
    private let timeouts: ProxyConfiguration.Timeouts

    init(_ timeouts: ProxyConfiguration.Timeouts, now: NIODeadline) {
        self.timeouts = timeouts
        since = now
        progress = now
    }

    mutating func wait(for next: Waiting, now: NIODeadline) {
        waiting = next
        since = now
        progress = now
    }

    /// A byte has gone through.
    mutating func progressed(now: NIODeadline) { progress = now }

    var expiry: NIODeadline {
        switch waiting {
        case .request: since + TimeAmount(timeouts.keepAlive)
        case .headers: since + TimeAmount(timeouts.headers)
        case .exchange: min(since + TimeAmount(timeouts.whole), progress + TimeAmount(timeouts.idle))
        case .linger: since + TimeAmount(timeouts.linger)
        }
    }
}
