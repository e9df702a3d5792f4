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

    private static let ofOneHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
        "transfer-encoding", "upgrade",
    ]

    /// Adds everything that goes on, without framing.
    private static func endToEnd(_ headers: HTTPHeaders, dropping others: Set<String>, into kept: inout HTTPHeaders) {
        let named = Set(headers[canonicalForm: "connection"].map { $0.lowercased() })
        for (name, value) in headers {
            let lowered = name.lowercased()
            if ofOneHop.contains(lowered) || others.contains(lowered) || named.contains(lowered) { continue }
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
        let own: Set<String> =
            answersExpectation ? ["host", "content-length", note, "expect"] : ["host", "content-length", note]
        endToEnd(head.headers, dropping: own, into: &kept)
        let takesTrailers = head.headers[canonicalForm: "te"].contains { $0.lowercased() == "trailers" }
        if takesTrailers {
            kept.add(name: "te", value: "trailers")
            kept.add(name: "connection", value: "te")
        }
        switch framing(of: head) {
        case .length:
            if let length = head.headers.first(name: "content-length") {
                kept.add(name: "content-length", value: length)
            }
        case .chunked: kept.add(name: "transfer-encoding", value: "chunked")
        case .none, .close: break
        }
        return kept
    }

    static func framing(of head: HTTPRequestHead) -> Framing {
        if head.headers.contains(name: "transfer-encoding") { return .chunked }
        return head.headers.contains(name: "content-length") ? .length : .none
    }

    /// The head of a response for the client.
    ///
    /// - Parameters:
    ///   - method: of the request.
    ///   - version: that the client speaks.
    ///   - closes: whether the client's connection ends with this response.
    ///   - note: what the proxy says about the cache.
    static func response(
        _ head: HTTPResponseHead, to method: HTTPMethod, version: HTTPVersion, closes: Bool, note: String?
    ) -> HTTPResponseHead {
        var kept = HTTPHeaders()
        kept.reserveCapacity(head.headers.count + 2)
        endToEnd(head.headers, dropping: [Self.note], into: &kept)
        switch framing(of: head, to: method, version: version) {
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
