public import NIOCore
public import NIOHTTP1
public import PromptCache
public import WarmingPolicies

/// What a watcher tells of the traffic, in the order in which it happened within each exchange.
public enum Sighting: Sendable {
    /// A request has gone by, or waits to be admitted.
    case request(RequestSighting)
    /// Its response has begun: what it wrote to the cache can be read from now on. Told only where a gate holds requests.
    case begun(exchange: UInt64, status: Int, at: Moment)
    /// Its response has ended, or was cut off.
    case ended(ResponseSighting)
    /// Something else went past the proxy.
    case call(CallSighting)
}

/// A request that was relayed.
public struct RequestSighting: Sendable {
    /// What kind of request it is.
    public enum Kind: Sendable, Hashable {
        /// To `/v1/messages`.
        case message
        /// To `/v1/messages/batches`.
        case batch
    }

    /// Its number; the response has the same.
    public var exchange: UInt64
    public var kind: Kind
    /// When its first byte had come.
    public var at: Moment
    /// Where it went, for example `https://api.anthropic.com`.
    public var endpoint: String
    /// Its path and query at the endpoint.
    public var target: String
    /// As the client sent them, credentials among them.
    public var headers: HTTPHeaders
    /// Compressed as it came.
    public var body: [UInt8]
    /// What the response shall say about the cache.
    public var note: ResponseNote
    /// To be told once the request may go on; nil where it has gone on already.
    public var admission: EventLoopPromise<Void>?
}

/// A response that was relayed.
public struct ResponseSighting: Sendable {
    public var exchange: UInt64
    /// Nil where there was none.
    public var status: Int?
    /// What it says about itself; nil where that could not be read.
    public var message: MessagesResponse?
    /// From its headers.
    public var workspace: String?
    /// When its head had come; nil where there was none.
    public var beganAt: Moment?
    /// Whether it came to its end.
    public var isWhole: Bool
    public var at: Moment
}

/// A call that did not go through the proxy and was answered well: whoever made it tells, since it has touched the cache
/// that requests through the proxy go to.
public struct CallSighting: Sendable {
    /// When it began.
    public var at: Moment
    public var endpoint: String
    /// Its credential among them.
    public var headers: HTTPHeaders
    public var body: [UInt8]
    public var usage: Usage
    /// From the response's headers.
    public var workspace: String?

    public init(
        at: Moment, endpoint: String, headers: HTTPHeaders, body: [UInt8], usage: Usage, workspace: String?
    ) {
        self.at = at
        self.endpoint = endpoint
        self.headers = headers
        self.body = body
        self.usage = usage
        self.workspace = workspace
    }
}
