public import OrderedJSON
import PromptCache
import WarmingPolicies

/// Responses of the API as they came, one a line, with the time of each.
///
/// A line is a response of `/v1/messages` (`model`, `usage`) with a `timestamp` of its start beside them, or an object that
/// has the response as `response` or `message`. `scope`, `session_id`, `conversation_id` or `user_id` tell conversations
/// apart; without them all requests to a model are one prompt.
public enum UsageFile {
    private static let times = ["timestamp", "started_at", "start", "time", "created_at", "created"]
    private static let scopes = ["scope", "session_id", "sessionId", "conversation_id", "user_id"]
    private static let responses = ["response", "message", "body"]

    /// The response in a line: the line itself, or what it has as `response`, `message` or `body`.
    public static func response(in root: JSONNode) -> JSONNode {
        responses.lazy.compactMap { root[$0] }.first { $0["usage"] != nil } ?? root
    }

    /// Reads a file, plain or gzip.
    ///
    /// What cannot be used is counted and left out.
    ///
    /// - Throws: ``TrafficFault`` for a file without a usable line.
    public static func read(_ path: String) throws -> RecordedTraffic {
        var requests: [RecordedRequest] = []
        var leftOut = RecordedTraffic.LeftOut()
        var timeless: Int?
        try Lines(path: path).read { number, line in
            if line.isEmpty { return }
            let root: JSONNode
            do throws(TrafficFault) {
                root = try JSONLine.root(line, path, number)
            } catch {
                return leftOut.add(error)
            }
            let response = response(in: root)
            guard let usage = response["usage"].flatMap({ Usage($0) }) else {
                leftOut.withoutUsage += 1
                return
            }
            guard let model = response["model"]?.string else {
                leftOut.other += 1
                return
            }
            guard let start = (times.lazy.compactMap { root[$0]?.moment }.first) else {
                timeless = timeless ?? number
                leftOut.other += 1
                return
            }
            requests.append(
                RecordedRequest(
                    start: start, scope: scopes.lazy.compactMap { root[$0]?.string }.first ?? "all",
                    model: ModelID(model), usage: usage, awaits: Awaits(stopReason: response["stop_reason"]?.string),
                    isSubAgent: false))
        }
        if requests.isEmpty, let timeless {
            throw TrafficFault(
                path, line: timeless,
                "has a usage but no time; put the request's start beside it as \"timestamp\", in ISO 8601 or seconds")
        }
        if requests.isEmpty, let broken = leftOut.firstBroken { throw broken }
        if requests.isEmpty {
            throw TrafficFault(path, "has no response with a model and a usage; give one JSON object a line")
        }
        return RecordedTraffic(requests: requests, files: 1, leftOut: leftOut)
    }
}

enum JSONLine {
    static func root(_ line: ArraySlice<UInt8>, _ path: String, _ number: Int) throws(TrafficFault) -> JSONNode {
        let bytes = Array(line)
        do {
            let root = try JSONText(bytes).root
            if root.kind == .object { return root }
        } catch {
            throw TrafficFault(
                path, line: number, "not valid JSON: \(error.reason) (column \(error.lineAndColumn(in: bytes).column))")
        }
        throw TrafficFault(path, line: number, "is not a JSON object; give one object a line")
    }
}

extension Awaits {
    init(stopReason: String?) {
        switch stopReason {
        case "tool_use", "pause_turn": self = .tool
        case "end_turn", "stop_sequence", "refusal": self = .human
        default: self = .unknown
        }
    }
}
