import BodyCodings
import NIOCore
import NIOHTTP1
import PromptCache

/// Picks out of a response what it says about itself: from events as they pass, from anything else at its end.
struct ResponseReader {
    private(set) var status: Int?
    private(set) var workspace: String?
    private var events: UsageReader?
    private var decoder: BodyDecoder?
    private var isReadable = false
    private var body: [ByteBuffer] = []
    private var size = 0

    /// No message comes near this; what is longer is not read.
    private static let largestBody = 8 << 20
    /// Events are not kept, but it takes time to decompress them.
    private static let largestStream = 64 << 20

    mutating func begin(_ head: HTTPResponseHead) {
        status = Int(head.status.code)
        workspace = head.headers.first(name: "anthropic-workspace-id")
        let type = head.headers.first(name: "content-type") ?? ""
        if type.hasPrefix("text/event-stream") { events = UsageReader() }
        do {
            let limit = events == nil ? Self.largestBody : Self.largestStream
            decoder = try BodyCoding.named(head.headers.first(name: "content-encoding"))
                .map { coding throws(BodyCodingError) in try BodyDecoder(coding, limit: limit) }
            isReadable = true
        } catch {
            // A coding that is not known, or several: its usage stays unknown.
            isReadable = false
        }
    }

    mutating func read(_ bytes: ByteBuffer) {
        guard isReadable else { return }
        guard let decoder else { return take(bytes) }
        decoder.take(Array(bytes.readableBytesView))
        do {
            while let decoded = try decoder.next() { take(ByteBuffer(bytes: decoded)) }
        } catch {
            giveUp()
        }
    }

    private mutating func take(_ bytes: ByteBuffer) {
        if events != nil {
            bytes.withUnsafeReadableBytes { events?.read($0) }
            return
        }
        size += bytes.readableBytes
        if size > Self.largestBody { giveUp() } else { body.append(bytes) }
    }

    private mutating func giveUp() {
        isReadable = false
        body = []
        decoder = nil
    }

    mutating func finish() -> MessagesResponse? {
        decoder = nil
        guard isReadable else { return nil }
        if var reader = events {
            reader.finish()
            return reader.response
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for piece in body { bytes.append(contentsOf: piece.readableBytesView) }
        body = []
        return try? MessagesResponse(bytes)
    }
}
