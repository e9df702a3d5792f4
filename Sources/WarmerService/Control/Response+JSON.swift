import HTTPTypes
import Hummingbird
import NIOCore
import OrderedJSON

extension Response {
    /// An answer in JSON, its keys in the order in which they are given.
    static func json(_ value: JSONOutput, status: HTTPResponse.Status = .ok) -> Response {
        text(value.text() + "\n", type: "application/json", status: status)
    }

    /// Why a request was refused, in one line.
    static func fault(_ message: String, status: HTTPResponse.Status) -> Response {
        json(["error": ["message": .string(message)]], status: status)
    }

    static func text(_ text: String, type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
