import OrderedJSON
import PromptCache
import TrafficImport

/// Responses of `/v1/messages` as people have them: one as JSON or as a recorded stream, only a usage, a list, or a line
/// each.
struct Responses {
    /// Those that bear a usage.
    private(set) var all: [MessagesResponse] = []
    /// What could not be read or bears no usage, one line each.
    private(set) var skipped: [String] = []

    /// - Parameter name: of the file, for what is told about it.
    /// - Throws: a failure if there is none with a usage.
    init(_ bytes: [UInt8], name: String) throws(Failure) {
        if Self.isStream(bytes) {
            var reader = UsageReader()
            reader.read(bytes)
            reader.finish()
            add(reader.response, at: name)
        } else {
            do {
                try add(JSONText(bytes).root, at: name)
            } catch {
                // Several lines are perhaps several texts.
                guard try addLines(bytes, name) else {
                    throw Failure(.usage, "\(name): \(RequestFault(error, in: bytes))")
                }
            }
        }
        if all.isEmpty {
            let first = skipped.first ?? "\(name): there is no response in it"
            let more = skipped.count > 1 ? " (and \(skipped.count - 1) more like it)" : ""
            throw Failure(.usage, "\(first)\(more); give responses of /v1/messages")
        }
    }

    private static func isStream(_ bytes: [UInt8]) -> Bool {
        let start = bytes.drop { $0 <= 0x20 }
        return ["event:", "data:", "id:", ":"].contains { start.starts(with: $0.utf8) }
    }

    private mutating func add(_ root: JSONNode, at place: String) throws(JSONFault) {
        if root.kind == .array {
            for (position, element) in root.elements.enumerated() { try add(element, at: "\(place): \(position)") }
            return
        }
        let root = UsageFile.response(in: root)
        var response = MessagesResponse(
            model: root["model"]?.string, usage: Usage(root["usage"] ?? root), stopReason: root["stop_reason"]?.string)
        if response.usage == nil, root["error"] != nil {
            response = try MessagesResponse(Array(root.bytes))
        }
        add(response, at: place)
    }

    private mutating func add(_ response: MessagesResponse, at place: String) {
        if response.usage != nil { return all.append(response) }
        let error = response.error.map { "is an error (\($0.type))" } ?? "has no usage with believable counts"
        skipped.append("\(place): \(error)")
    }

    /// - Returns: false if not a single line is JSON.
    private mutating func addLines(_ bytes: [UInt8], _ name: String) throws(Failure) -> Bool {
        var isAny = false
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        where line.contains(where: { $0 > 0x20 }) {
            let place = "\(name): line \(number + 1)"
            do {
                try add(JSONText(Array(line)).root, at: place)
                isAny = true
            } catch {
                skipped.append("\(place): not valid JSON: \(error.reason)")
            }
        }
        return isAny
    }
}
