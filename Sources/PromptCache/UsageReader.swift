import OrderedJSON

/// Picks the usage out of a streamed response while its bytes pass by.
///
/// A state machine: feed it chunks cut anywhere. It keeps one line at a time, and only of events that matter. The first
/// usage comes with `message_start`, which alone splits writes by lifetime; the last with `message_delta`.
public struct UsageReader: Sendable {
    /// What the response has said so far.
    public private(set) var response = MessagesResponse()
    /// Whether `message_stop` or an error has come.
    public private(set) var isFinished = false

    private let lifetime: Lifetime
    private var line: [UInt8] = []
    private var isSkippingLine = false
    private var data: [UInt8] = []

    /// No event that bears a usage comes near this; what is longer is passed over.
    private static let longestLine = 1 << 20

    /// - Parameter lifetime: what writes count as where the response does not split them.
    public init(assuming lifetime: Lifetime = .fiveMinutes) { self.lifetime = lifetime }

    /// Takes the next bytes of the stream.
    public mutating func read(_ chunk: some Sequence<UInt8>) {
        for byte in chunk {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): endLine(isLineFeed: byte == UInt8(ascii: "\n"))
            case _ where isSkippingLine: continue
            case _ where line.count == Self.longestLine:
                isSkippingLine = true
                line = []
            default: line.append(byte)
            }
        }
    }

    /// Says that the stream is over: an event that was not closed by an empty line is read too.
    public mutating func finish() {
        endLine(isLineFeed: false)
        endEvent()
    }

    private var lastWasReturn = false

    /// Lines end with LF, CR or CRLF; only the LF of a CRLF ends nothing.
    private mutating func endLine(isLineFeed: Bool) {
        defer {
            line.removeAll(keepingCapacity: true)
            isSkippingLine = false
            lastWasReturn = !isLineFeed
        }
        if isSkippingLine { return }
        if line.isEmpty {
            if !(isLineFeed && lastWasReturn) { endEvent() }
            return
        }
        guard line.starts(with: "data:".utf8), data.count + line.count <= Self.longestLine else { return }
        data.append(contentsOf: line.dropFirst(5))
    }

    private mutating func endEvent() {
        defer { data.removeAll(keepingCapacity: true) }
        guard !data.isEmpty, let root = try? JSONText(data).root else { return }
        switch root["type"]?.string {
        case "message_start":
            guard let message = root["message"] else { return }
            response.model = message["model"]?.string
            response.usage = message["usage"].flatMap { Usage($0, assuming: lifetime) }
        case "message_delta":
            response.stopReason = root["delta"]?["stop_reason"]?.string ?? response.stopReason
            guard let node = root["usage"] else { return }
            if var usage = response.usage {
                if usage.update(from: node, assuming: lifetime) { response.usage = usage }
            } else {
                response.usage = Usage(node, assuming: lifetime)
            }
        case "error":
            response.error = ProviderError(root)
            isFinished = true
        case "message_stop":
            isFinished = true
        default:
            break
        }
    }
}
