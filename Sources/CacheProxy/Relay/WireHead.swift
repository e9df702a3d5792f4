import NIOCore
import NIOHTTP1

/// The head of a message as it is sent, line by line.
struct WireHead {
    /// An array, since each of the many small appends takes a fraction of what it does with a string or a buffer.
    private var text: [UInt8] = []

    init(_ method: HTTPMethod, _ target: String) { startLine(method.rawValue, target, "HTTP/1.1") }

    init(_ status: HTTPResponseStatus) { startLine("HTTP/1.1", String(status.code), status.reasonPhrase) }

    private mutating func startLine(_ first: String, _ second: String, _ third: String) {
        text.reserveCapacity(512)
        text += first.utf8
        text += " ".utf8
        text += second.utf8
        text += " ".utf8
        text += third.utf8
        text += "\r\n".utf8
    }

    mutating func add(_ name: String, _ value: String) {
        text += name.utf8
        text += ": ".utf8
        text += value.utf8
        text += "\r\n".utf8
    }

    /// With the line that ends it.
    consuming func bytes() -> ByteBuffer {
        text += "\r\n".utf8
        return ByteBuffer(bytes: text)
    }
}
