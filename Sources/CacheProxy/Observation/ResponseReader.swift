import BodyCodings
import NIOCore
import NIOHTTP1
import PromptCache

/// Picks out of a response what it says about itself: from events as they pass, from anything else at its end.
struct ResponseReader {
    private(set) var status: Int?
    private(set) var workspace: String?
    private var events: UsageReader?
    private var coding: BodyCoding?
    private var isReadable = false
    private var body: [ByteBuffer] = []
    private var size = 0

    /// No message comes near this; what is longer is not read.
    private static let largestBody = 8 << 20

    mutating func begin(_ head: HTTPResponseHead) {
        status = Int(head.status.code)
        workspace = head.headers.first(name: "anthropic-workspace-id")
        isReadable = true
        do {
            coding = try BodyCoding.named(head.headers.first(name: "content-encoding"))
        } catch {
            // A coding that this build does not know, for example br: its usage stays unknown.
            isReadable = false
        }
        let type = head.headers.first(name: "content-type") ?? ""
        if type.hasPrefix("text/event-stream") { events = UsageReader() }
    }

    mutating func read(_ bytes: ByteBuffer) {
        guard isReadable else { return }
        if events != nil, coding == nil {
            bytes.withUnsafeReadableBytes { events?.read($0) }
            return
        }
        size += bytes.readableBytes
        if size > Self.largestBody {
            isReadable = false
            body = []
        } else {
            body.append(bytes)
        }
    }

    mutating func finish() -> MessagesResponse? {
        guard isReadable else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        for piece in body { bytes.append(contentsOf: piece.readableBytesView) }
        body = []
        if let coding {
            guard let decoded = try? coding.decoded(bytes, limit: Self.largestBody) else { return nil }
            bytes = decoded
        }
        guard var reader = events else { return try? MessagesResponse(bytes) }
        if coding != nil { reader.read(bytes) }
        reader.finish()
        return reader.response
    }
}
