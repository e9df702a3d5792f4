import NIOCore
import NIOHTTP1
import OrderedJSON

/// An answer that the proxy gives in the upstream's place, in the provider's shape, so that clients read it as any other.
struct Refusal: Equatable, Error {
    var status: HTTPResponseStatus
    /// The provider's word for it.
    var type: String
    /// For people: what is wrong, and what to do. Never anything of the request's own.
    var message: String

    static func badRequest(_ message: String) -> Refusal {
        Refusal(status: .badRequest, type: "invalid_request_error", message: message)
    }

    static func tooLarge(limit: Int) -> Refusal {
        Refusal(
            status: .payloadTooLarge, type: "request_too_large",
            message: "the request is larger than the limit of \(limit) bytes; send less")
    }

    static let headersTooLarge = Refusal(
        status: .requestHeaderFieldsTooLarge, type: "invalid_request_error",
        message: "the headers are larger than the proxy takes; send fewer or shorter ones")

    static let slowClient = Refusal(
        status: .requestTimeout, type: "timeout_error",
        message: "the request did not come in time; send it again")

    static func unreachable(_ upstream: ProxyUpstream, _ reason: String) -> Refusal {
        Refusal(
            status: .badGateway, type: "api_error",
            message: "no response from \(upstream.endpoint): \(reason); check that it can be reached")
    }

    static func silent(_ upstream: ProxyUpstream) -> Refusal {
        Refusal(
            status: .gatewayTimeout, type: "timeout_error",
            message: "\(upstream.endpoint) did not answer in time; try again later")
    }

    var body: ByteBuffer {
        let answer: JSONOutput = [
            "type": "error", "error": ["type": .string(type), "message": .string(message)], "request_id": .null,
        ]
        return ByteBuffer(string: answer.text())
    }

    func head(closes: Bool) -> WireHead {
        var head = WireHead(status)
        head.add("content-type", "application/json")
        head.add("content-length", String(body.readableBytes))
        if closes { head.add("connection", "close") }
        return head
    }
}
