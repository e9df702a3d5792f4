import NIOHTTP1

/// Headers on their way through a proxy, by RFC 9110 §7.6.1: what belongs to one hop stays behind, the rest goes on in its
/// order and spelling.
enum HopHeaders {
    /// How a message's body is delimited.
    enum Framing: Equatable {
        case none
        case length
        case chunked
        /// By the end of the connection: only responses, and only to those who speak HTTP/1.0.
        case close
    }

    /// The header by which clients give hints, and the proxy says what it knows.
    static let note = "x-prompt-cache-warmer"

    private static let ofOneHop = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
        "transfer-encoding", "upgrade",
    ]
    /// What does not go on as it is: of requests, of those whose expectation the proxy answers, and of responses.
    private static let ofRequests = HeaderNames(ofOneHop + ["host", "content-length", note])
    private static let ofExpectingRequests = HeaderNames(ofOneHop + ["host", "content-length", note, "expect"])
    private static let ofResponses = HeaderNames(ofOneHop + [note])

    /// Adds everything that goes on, without framing.
    private static func endToEnd(_ headers: HTTPHeaders, dropping own: HeaderNames, into kept: inout HTTPHeaders) {
        let named = headers[canonicalForm: "connection"].map { $0.lowercased() }
        for (name, value) in headers {
            if own.contains(name) || !named.isEmpty && named.contains(name.lowercased()) { continue }
            kept.add(name: name, value: value)
        }
    }

    /// The headers of a request for its upstream.
    ///
    /// - Parameter answersExpectation: whether the proxy itself says `100 Continue`, so that the upstream need not.
    static func request(
        _ head: HTTPRequestHead, to upstream: ProxyUpstream, answersExpectation: Bool = false
    ) -> HTTPHeaders {
        var kept = HTTPHeaders()
        kept.reserveCapacity(head.headers.count + 2)
        kept.add(name: "host", value: upstream.authority)
        endToEnd(head.headers, dropping: answersExpectation ? ofExpectingRequests : ofRequests, into: &kept)
        let takesTrailers = head.headers[canonicalForm: "te"].contains { $0.lowercased() == "trailers" }
        if takesTrailers {
            kept.add(name: "te", value: "trailers")
            kept.add(name: "connection", value: "te")
        }
        if head.headers.contains(name: "transfer-encoding") {
            kept.add(name: "transfer-encoding", value: "chunked")
        } else if let length = head.headers.first(name: "content-length") {
            kept.add(name: "content-length", value: length)
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
    ) -> HTTPResponseHead {
        var kept = HTTPHeaders()
        kept.reserveCapacity(head.headers.count + 2)
        endToEnd(head.headers, dropping: ofResponses, into: &kept)
        switch framing {
        case .chunked:
            kept.remove(name: "content-length")
            kept.add(name: "transfer-encoding", value: "chunked")
        case .close: kept.remove(name: "content-length")
        case .none, .length: break
        }
        if closes {
            kept.add(name: "connection", value: "close")
        } else if version.isOld {
            kept.add(name: "connection", value: "keep-alive")
        }
        if let note { kept.add(name: Self.note, value: note) }
        return HTTPResponseHead(version: .http1_1, status: head.status, headers: kept)
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
