import NIOCore
import NIOHTTP1

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
