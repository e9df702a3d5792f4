import Foundation
import OrderedJSON
import PromptCache
import WarmingPolicies

/// Claude Code's transcripts: `~/.claude/projects/**/*.jsonl`. Only times, models and token counts are taken from them.
public enum Transcripts {
    /// Reads all transcripts in a folder and below it, or one file.
    ///
    /// - Parameter progress: told after each file which share is done.
    /// - Throws: ``TrafficFault`` where there is no transcript with a request. A line that is damaged, as the last one is
    ///   of a session that was cut off, is passed over and counted.
    public static func read(_ path: String, progress: (Double) -> Void = { _ in }) throws -> RecordedTraffic {
        let files = try files(path)
        var requests: [RecordedRequest] = []
        var leftOut = RecordedTraffic.LeftOut()
        var seen: Set<String> = []
        for (index, file) in files.enumerated() {
            var transcript = Transcript()
            try Lines(path: file).read { number, line in
                if line.isEmpty { return }
                do throws(TrafficFault) {
                    if !transcript.take(try JSONLine.root(line, file, number)) { leftOut.other += 1 }
                } catch {
                    leftOut.add(error)
                }
            }
            // A resumed session repeats what it resumes.
            requests += transcript.requests.filter { seen.insert($0.id).inserted }.map(\.request)
            progress(Double(index + 1) / Double(files.count))
        }
        guard !requests.isEmpty else {
            throw TrafficFault(path, "has no transcript with a request in it; name a folder such as ~/.claude/projects")
        }
        return RecordedTraffic(requests: requests, files: files.count, leftOut: leftOut)
    }

    private static func files(_ path: String) throws(TrafficFault) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw TrafficFault(path, "there is no such folder; Claude Code keeps transcripts in ~/.claude/projects")
        }
        guard isFolder.boolValue else { return [path] }
        let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(".jsonl") || $0.hasSuffix(".jsonl.gz") }.sorted().map { "\(path)/\($0)" }
    }
}

/// What has been read of one transcript.
private struct Transcript {
    struct Entry {
        var id: String
        var request: RecordedRequest
    }

    /// A response is written once for each of its blocks, with the same id.
    private(set) var requests: [Entry] = []
    private var places: [String: Int] = [:]
    /// When each line of work last sent something, which is when the request for its answer started.
    private var lastInput: [String: Moment] = [:]

    /// - Returns: whether the line was of any use.
    mutating func take(_ root: JSONNode) -> Bool {
        guard let kind = root["type"]?.string, let time = root["timestamp"]?.moment,
            let session = root["sessionId"]?.string
        else { return false }
        let isSubAgent = root["isSidechain"]?.boolean ?? false
        let scope = isSubAgent ? "\(session)/\(root["agentId"]?.string ?? "agent")" : session
        if kind == "user" {
            lastInput[scope] = time
            return true
        }
        guard kind == "assistant", let message = root["message"], let model = message["model"]?.string,
            model != "<synthetic>", let usage = message["usage"].flatMap({ Usage($0) }),
            let id = message["id"]?.string ?? root["requestId"]?.string
        else { return false }
        let awaits = Awaits(stopReason: message["stop_reason"]?.string)
        if let place = places[id] {
            // Its later blocks know more of how it ended.
            requests[place].request.usage = usage
            if awaits != .unknown { requests[place].request.awaits = awaits }
            return true
        }
        places[id] = requests.count
        requests.append(
            Entry(
                id: id,
                request: RecordedRequest(
                    start: min(lastInput[scope] ?? time, time), scope: scope, model: ModelID(model), usage: usage,
                    awaits: awaits, isSubAgent: isSubAgent)))
        return true
    }
}
