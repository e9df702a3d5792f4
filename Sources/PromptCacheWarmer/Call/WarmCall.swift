/// Sends requests to a provider. Anything that can POST a body can be one.
///
/// To implement one: POST `request.body` unchanged to `/v1/messages` with your credentials and `request.headers`, and
/// return what came back whatever its status; throw only if there was no response, since then nobody knows whether the
/// request was billed, and the warmer counts it as if it was. `Upstreams` has `AnthropicClient`. Keep credentials out of
/// every error that you throw.
public protocol WarmCall: Sendable {
    /// Where it sends to, for example `https://api.anthropic.com`: part of what makes two prefixes the same.
    var endpoint: String { get }

    /// Stands for whoever pays for a request with these headers, and so for whose cache it touches; the same in every
    /// process, and nothing that a credential could be found from. Nil while nobody would pay: then a fleet leaves the ping
    /// to others.
    func payer(of headers: [WarmHeader]) -> String?

    /// Sends one request and waits for the end of its response.
    ///
    /// - Throws: if there is no whole response; `CancellationError` if the task is cancelled.
    func send(_ request: WarmRequest) async throws -> WarmResponse
}

extension WarmCall {
    public var endpoint: String { "https://api.anthropic.com" }
    public func payer(of headers: [WarmHeader]) -> String? { "" }
}
