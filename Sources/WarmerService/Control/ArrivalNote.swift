import NIOCore
import OrderedJSON
import PromptCache
import WarmingPolicies

/// The body of `POST /v1/scopes/NAME/arrivals`: nothing, or what is known of the request that arrived.
struct ArrivalNote {
    /// The provider's usage of the request.
    var usage: Usage?
    /// How long ago the request began.
    var age: Duration = .zero
    /// What the conversation waits for after the response.
    var awaits = Awaits.unknown
    /// Whether a sub-agent sent it.
    var isSubAgent = false
    /// How long its response took to begin.
    var timeToFirstToken: Duration?

    struct Fault: Error {
        var message: String
    }

    private static let keys = ["usage", "seconds_ago", "awaits", "sub_agent", "ttft_ms"]

    init(_ body: ByteBuffer) throws(Fault) {
        guard body.readableBytes > 0 else { return }
        let bytes = Array(body.readableBytesView)
        let root: JSONNode
        do {
            root = try JSONText(bytes).root
        } catch {
            let place = error.lineAndColumn(in: bytes)
            throw Fault(message: "not valid JSON: \(error.reason) (line \(place.line), column \(place.column))")
        }
        guard root.kind == .object else {
            throw Fault(message: #"must be an object such as {"usage": {"input_tokens": 3}}"#)
        }
        if let unknown = root.members.first(where: { !Self.keys.contains($0.name) }) {
            throw Fault(message: "\(unknown.name): is not known: keys are \(Self.keys.joined(separator: ", "))")
        }
        if let node = root["usage"], node.kind != .null {
            guard let usage = Usage(node) else {
                throw Fault(message: "usage: must be the usage of the provider's response, as it came")
            }
            self.usage = usage
        }
        if let node = root["seconds_ago"] {
            let seconds = node.kind == .number ? Double(String(decoding: node.bytes, as: UTF8.self)) : nil
            guard let seconds, (0...86400).contains(seconds) else {
                throw Fault(message: "seconds_ago: must be the seconds since the request began, 0 to 86400")
            }
            age = .seconds(seconds)
        }
        if let node = root["awaits"] {
            guard let awaits = node.string.flatMap(Awaits.init) else {
                throw Fault(message: "awaits: must be what the conversation waits for: tool, human or unknown")
            }
            self.awaits = awaits
        }
        if let node = root["sub_agent"] {
            guard let isSubAgent = node.boolean else {
                throw Fault(message: "sub_agent: must be true or false")
            }
            self.isSubAgent = isSubAgent
        }
        if let node = root["ttft_ms"], node.kind != .null {
            let milliseconds = node.kind == .number ? Double(String(decoding: node.bytes, as: UTF8.self)) : nil
            guard let milliseconds, (0...86_400_000).contains(milliseconds) else {
                throw Fault(message: "ttft_ms: must be the milliseconds until the response began, 0 to 86400000")
            }
            timeToFirstToken = .milliseconds(milliseconds)
        }
    }
}
