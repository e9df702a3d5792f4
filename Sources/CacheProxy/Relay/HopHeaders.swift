import NIOHTTP1

/// Headers on their way through a proxy, by RFC 9110 §7.6.1: what belongs to one hop stays behind, the rest goes on in its
/// order and spelling.
enum HopHeaders {
    /// How a response's body is delimited.
    enum Framing: Equatable {
        case none
        case length
        case chunked
        /// By the end of the connection: only to those who speak HTTP/1.0.
        case close
    }

    /// The header by which clients give hints, and the proxy says what it knows.
    static let note = "x-prompt-cache-warmer"

    private static let ofOneHop = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
        "transfer-encoding", "upgrade",
    ]
    /// What does not go on as it is: of requests, of those whose expectation the proxy answers, of responses, and of those
    /// whose length does not delimit them.
    private static let ofRequests = HeaderNames(ofOneHop + ["host", "content-length", note])
    private static let ofExpectingRequests = HeaderNames(ofOneHop + ["host", "content-length", note, "expect"])
    private static let ofResponses = HeaderNames(ofOneHop + [note])
    private static let ofUnmeasuredResponses = HeaderNames(ofOneHop + [note, "content-length"])

    /// Adds everything that goes on, without framing.
    private static func endToEnd(
        _ headers: HTTPHeaders, dropping own: HeaderNames, and named: Set<String>, into kept: inout WireHead
    ) {
        for (name, value) in headers {
            if own.contains(name) || !named.isEmpty && named.contains(name.lowercased()) { continue }
            kept.add(name, value)
        }
    }

    /// The headers that a message itself says belong to its hop, in lower case.
    private static func named(by headers: HTTPHeaders) -> Set<String> {
        Set(headers[canonicalForm: "connection"].map { $0.lowercased() })
    }

    /// The head of a request for its upstream.
    ///
    /// - Parameter answersExpectation: whether the proxy itself says `100 Continue`, so that the upstream need not.
    static func request(
        _ head: HTTPRequestHead, to destination: Routes.Destination, answersExpectation: Bool
    ) -> WireHead {
        var kept = WireHead(head.method, destination.target)
        kept.add("host", destination.upstream.authority)
        endToEnd(
            head.headers, dropping: answersExpectation ? ofExpectingRequests : ofRequests,
            and: named(by: head.headers), into: &kept)
        if head.headers.lists("trailers", in: "te") {
            kept.add("te", "trailers")
            kept.add("connection", "te")
        }
        if head.isChunked {
            kept.add("transfer-encoding", "chunked")
        } else if let length = head.headers.first(name: "content-length") {
            kept.add("content-length", length)
        }
        return kept
    }

    /// The head of a response for the client.
    ///
    /// - Parameters:
    ///   - framing: towards the client.
    ///   - version: that the client speaks.
    ///   - closes: whether the client's connection ends with this response.
    ///   - note: what the proxy says about the cache.
    static func response(
        _ head: HTTPResponseHead, framing: Framing, version: HTTPVersion, closes: Bool, note: String?
    ) -> WireHead {
        var kept = WireHead(head.status)
        let keepsLength = framing == .length || framing == .none
        endToEnd(
            head.headers, dropping: keepsLength ? ofResponses : ofUnmeasuredResponses, and: named(by: head.headers),
            into: &kept)
        if framing == .chunked { kept.add("transfer-encoding", "chunked") }
        if closes {
            kept.add("connection", "close")
        } else if version.isOld {
            kept.add("connection", "keep-alive")
        }
        if let note { kept.add(Self.note, note) }
        return kept
    }

    static func framing(of head: HTTPResponseHead, to method: HTTPMethod, version: HTTPVersion) -> Framing {
        if method == .HEAD || head.status.code < 200 || head.status == .noContent || head.status == .notModified {
            return .none
        }
        if !head.headers.contains(name: "transfer-encoding"), head.headers.contains(name: "content-length") {
            return .length
        }
        return !version.isOld ? .chunked : .close
    }
}
