import NIOHTTP1

/// What a request's head may not ask of a proxy. The decoder has refused what is not well-formed before.
enum RequestCheck {
    static func refusal(of head: HTTPRequestHead, bodyLimit: Int) -> Refusal? {
        if head.method == .CONNECT {
            return Refusal(
                status: .methodNotAllowed, type: "invalid_request_error",
                message: "this proxy makes no tunnels; set it as the base URL, not as HTTPS_PROXY")
        }
        let hosts = head.headers["host"]
        if hosts.count > 1 || hosts.isEmpty && !head.version.isOld {
            return .badRequest("a request needs one host header; send exactly one")
        }
        return codingRefusal(head) ?? lengthRefusal(head, limit: bodyLimit)
    }

    private static func codingRefusal(_ head: HTTPRequestHead) -> Refusal? {
        guard head.headers.contains(name: "transfer-encoding") else { return nil }
        let codings = head.headers["transfer-encoding"]
        guard !head.version.isOld, !head.headers.contains(name: "content-length") else {
            return .badRequest("transfer-encoding does not go with content-length or HTTP/1.0; send one of them")
        }
        if codings.count == 1, codings[0].lowercased() == "chunked" { return nil }
        return Refusal(
            status: .notImplemented, type: "invalid_request_error",
            message: "the only transfer-encoding here is chunked; compress with content-encoding instead")
    }

    private static func lengthRefusal(_ head: HTTPRequestHead, limit: Int) -> Refusal? {
        let lengths = head.headers["content-length"]
        guard let first = lengths.first else { return nil }
        guard lengths.count == 1, first.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(first) else {
            return .badRequest("content-length must be one whole number")
        }
        return length > limit ? .tooLarge(limit: limit) : nil
    }
}

extension HTTPRequestHead {
    /// Whether the client holds its body back until it is told to go on.
    var awaitsContinue: Bool { !version.isOld && headers.lists("100-continue", in: "expect") }

    /// The only coding that a request may come in; see ``RequestCheck``.
    var isChunked: Bool { headers.contains(name: "transfer-encoding") }

    /// The decoder reads nothing behind such a request. The upgrade itself is not passed on.
    var asksForUpgrade: Bool { headers.contains(name: "upgrade") }
}

extension HTTPHeaders {
    /// Whether a header names something, alone or among others; most messages have no such header at all.
    func lists(_ word: String, in name: String) -> Bool {
        contains(name: name) && self[canonicalForm: name].contains { $0.lowercased() == word }
    }
}

extension HTTPVersion {
    /// HTTP/1.0, which knows neither chunks nor informational responses.
    var isOld: Bool { minor == 0 }
}
