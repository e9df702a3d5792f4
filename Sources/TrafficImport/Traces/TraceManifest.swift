import Foundation
import OrderedJSON
import WarmingPolicies

/// What `manifest.json` says of a trace beside or below it.
///
/// ```json
/// {"public/api": {"horizon_ms": 1209600000, "per_scope_tail_ms": null, "clock_offset_s_from_monday_utc": 0}}
/// ```
/// The key is the trace's path below the manifest, without `.csv` or `.csv.gz`.
struct TraceManifest {
    var horizon: Trace.Horizon?
    var utcOffset: Int?

    private static let secondsFrom1970ToMonday = 4 * 86_400

    /// The entry of a trace, from its folder or the one above; nil if there is none.
    static func entry(for path: String) throws(TrafficFault) -> TraceManifest? {
        let file = URL(filePath: path).standardizedFileURL
        let folder = file.deletingLastPathComponent()
        let name = stem(file.lastPathComponent)
        let places = [(folder, name), (folder.deletingLastPathComponent(), "\(folder.lastPathComponent)/\(name)")]
        for (folder, key) in places {
            let manifest = folder.appending(path: "manifest.json").path(percentEncoded: false)
            guard let data = FileManager.default.contents(atPath: manifest) else { continue }
            if let entry = try entry(key, Array(data), manifest) { return entry }
        }
        return nil
    }

    private static func stem(_ name: String) -> String {
        for suffix in [".csv.gz", ".csv", ".gz"] where name.hasSuffix(suffix) {
            return String(name.dropLast(suffix.count))
        }
        return name
    }

    private static func entry(_ key: String, _ bytes: [UInt8], _ file: String) throws(TrafficFault) -> TraceManifest? {
        let root: JSONNode
        do {
            root = try JSONText(bytes).root
        } catch {
            throw TrafficFault(file, line: error.lineAndColumn(in: bytes).line, "not valid JSON: \(error.reason)")
        }
        guard let entry = root[key] else { return nil }
        func number(_ name: String) throws(TrafficFault) -> Double? {
            guard let node = entry[name], node.kind != .null else { return nil }
            guard node.kind == .number, let value = Double(String(decoding: node.bytes, as: UTF8.self)),
                abs(value) < 1e14
            else { throw TrafficFault(file, "\(key).\(name) must be a number or null") }
            return value
        }
        var manifest = TraceManifest()
        if let end = try number("horizon_ms") {
            manifest.horizon = .until(Moment(nanosecondsSince1970: Int64(end * 1e3) * 1000))
        } else if let tail = try number("per_scope_tail_ms") {
            manifest.horizon = .after(.milliseconds(max(0, Int64(tail))))
        }
        // The trace's clock at 0 is so long after a Monday's midnight.
        manifest.utcOffset = try number("clock_offset_s_from_monday_utc").map { Int($0) + secondsFrom1970ToMonday }
        return manifest
    }
}
