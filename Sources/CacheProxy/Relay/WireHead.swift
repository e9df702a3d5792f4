import NIOCore
import NIOHTTP1

/// The head of a message as it is sent, line by line.
struct WireHead {
    private var text = ""

    private init(capacity: Int) { text.reserveCapacity(capacity) }

    init(_ method: HTTPMethod, _ target: String) {
        self.init(capacity: 512 + target.utf8.count)
        text += method.rawValue
        text += " "
        text += target
        text += " HTTP/1.1\r\n"
    }

    init(_ status: HTTPResponseStatus) {
        self.init(capacity: 512)
        text += "HTTP/1.1 \(status.code) "
        text += status.reasonPhrase
        text += "\r\n"
    }

    mutating func add(_ name: String, _ value: String) {
        text += name
        text += ": "
        text += value
        text += "\r\n"
    }

    /// With the line that ends it.
    consuming func bytes() -> ByteBuffer {
        text += "\r\n"
        return ByteBuffer(string: text)
    }
}

/// Bodies in chunks, for those whose length is not known before.
enum Chunks {
    private static let lineEnd = ByteBuffer(string: "\r\n")

    /// What is sent for a piece of a body: nothing for an empty one, since a chunk of nothing is the last.
    static func pieces(_ bytes: ByteBuffer) -> [ByteBuffer] {
        if bytes.readableBytes == 0 { return [] }
        return [ByteBuffer(string: String(bytes.readableBytes, radix: 16) + "\r\n"), bytes, lineEnd]
    }

    static func end(_ trailers: HTTPHeaders?) -> ByteBuffer {
        var text = "0\r\n"
        for (name, value) in trailers ?? [:] { text += "\(name): \(value)\r\n" }
        return ByteBuffer(string: text + "\r\n")
    }
}
