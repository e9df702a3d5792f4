/// One request and its response on their way through, as a state machine without effects.
///
/// The relay tells it what has come from either side and carries out what it answers. Both directions run on their own:
/// a response may begin, and end, before its request has.
///
/// | upstream | before the response begins | within it | after it |
/// |---|---|---|---|
/// | is lost | answer in its place | cut the client off: what it has is not whole | drop what the client still sends |
/// | is silent | answer in its place | cut | drop |
struct Exchange: Sendable {
    /// What is to be done with what has just come, or because of what has just happened.
    enum Action: Equatable {
        case nothing
        /// Pass it on.
        case relay
        /// Keep it until the upstream is there.
        case hold
        /// Pass it on; both sides are through with each other.
        case relayAndFinish(Ending)
        /// Nothing more to pass on; both sides are through with each other.
        case finish(Ending)
        /// Send the request's head and everything held.
        case send
        /// Give the client an answer of the proxy's own.
        case answer(Refusal, Ending)
        /// Close the client's connection within its response.
        case cut
        /// The client is gone: let the upstream know by closing its connection.
        case abandon
    }

    /// What becomes of both connections.
    struct Ending: Equatable {
        /// Whether the upstream's connection may serve others: only if both request and response have ended.
        var reusesUpstream: Bool
        var client: Client

        enum Client: Equatable {
            /// The next request may come.
            case reuse
            case close
            /// The client has not finished sending: it is told that nothing more comes, and what it sends is dropped.
            case linger
        }
    }

    private enum Request { case receiving, ended }
    private enum Link { case awaited, open, closing }
    private enum Response { case awaited, streaming, ended }

    private var request = Request.receiving
    private var link = Link.awaited
    private var response = Response.awaited
    private var received = 0
    private var isOver = false

    /// The largest body of a request, in bytes.
    let bodyLimit: Int
    /// Whether the client wants its connection to go on.
    private(set) var keepsClient: Bool
    /// Whether the client waits for `100 Continue` before it sends its body.
    private var awaitsContinue: Bool

    init(bodyLimit: Int, keepsClient: Bool, awaitsContinue: Bool = false) {
        self.bodyLimit = bodyLimit
        self.keepsClient = keepsClient
        self.awaitsContinue = awaitsContinue
    }

    /// Whether the whole request has come.
    var hasRequest: Bool { request == .ended }
    /// Whether the response has begun.
    var hasResponse: Bool { response != .awaited }

    // MARK: The client

    mutating func clientSent(_ bytes: Int) -> Action {
        if isOver { return .nothing }
        awaitsContinue = false
        received += bytes
        if received > bodyLimit {
            return response == .awaited ? refuse(.tooLarge(limit: bodyLimit)) : cut()
        }
        switch link {
        case .awaited: return .hold
        case .open, .closing: return .relay
        }
    }

    mutating func clientEnded() -> Action {
        if isOver { return .nothing }
        request = .ended
        switch link {
        case .awaited: return .hold
        case .open: return response == .ended ? finish(relaying: true, reusing: true) : .relay
        case .closing: return .relay
        }
    }

    mutating func clientIsGone() -> Action {
        if isOver { return .nothing }
        isOver = true
        return .abandon
    }

    /// The server shuts down: this response is the last on its connection.
    mutating func isLast() { keepsClient = false }

    // MARK: The upstream

    mutating func linked() -> Action {
        if isOver { return .nothing }
        link = .open
        return .send
    }

    mutating func linkFailed(_ refusal: Refusal) -> Action {
        if isOver { return .nothing }
        return refuse(refusal)
    }

    /// A response such as `100 Continue`, which is none yet.
    mutating func upstreamInformed(isContinue: Bool) -> Action {
        if isOver || response != .awaited { return .nothing }
        if isContinue { awaitsContinue = false }
        return .relay
    }

    /// - Parameter closes: whether the upstream's connection ends with this response.
    mutating func upstreamAnswered(closes: Bool) -> Action {
        if isOver { return .nothing }
        if response != .awaited {
            // One response too many: what comes next on this connection could be anybody's.
            link = .closing
            return .nothing
        }
        response = .streaming
        // A request that still waits for leave to go on will never be whole.
        let isEarly = request == .receiving && (closes || awaitsContinue)
        if closes || isEarly { link = .closing }
        if isEarly { keepsClient = false }
        return .relay
    }

    mutating func upstreamSent() -> Action { !isOver && response == .streaming ? .relay : .nothing }

    mutating func upstreamEnded() -> Action {
        if isOver || response != .streaming { return .nothing }
        response = .ended
        if request == .ended { return finish(relaying: true, reusing: link == .open) }
        // The upstream still takes the rest of the request, or it does not.
        return link == .open ? .relay : finish(relaying: true, reusing: false)
    }

    /// The upstream's connection is closed, or what came from it makes no sense.
    mutating func upstreamIsLost(_ refusal: Refusal) -> Action {
        if isOver { return .nothing }
        switch response {
        case .awaited: return refuse(refusal)
        case .streaming: return cut()
        case .ended: return finish(relaying: false, reusing: false)
        }
    }

    /// Nothing has come for too long, or all of it takes too long.
    mutating func timedOut(_ upstreamIsSilent: Refusal) -> Action {
        if isOver { return .nothing }
        switch response {
        case .awaited: return refuse(request == .ended ? upstreamIsSilent : .slowClient)
        case .streaming: return cut()
        case .ended: return finish(relaying: false, reusing: false)
        }
    }

    // MARK: Endings

    private mutating func finish(relaying: Bool, reusing: Bool) -> Action {
        isOver = true
        let ending = Ending(reusesUpstream: reusing, client: clientEnding)
        return relaying ? .relayAndFinish(ending) : .finish(ending)
    }

    private mutating func refuse(_ refusal: Refusal) -> Action {
        isOver = true
        response = .ended
        return .answer(refusal, Ending(reusesUpstream: false, client: clientEnding))
    }

    private mutating func cut() -> Action {
        isOver = true
        return .cut
    }

    private var clientEnding: Ending.Client {
        if request == .receiving { return .linger }
        return keepsClient ? .reuse : .close
    }
}
