import Foundation
import TrafficImport
import WarmingPolicies

/// The recorded traces of a folder with `static` and `growing`, each with a manifest and exact costs in `golden.csv`.
struct RecordedTraces {
    struct Golden {
        var trace: String
        var read: Double
        var policy: String
        var cost: Double
        var coldStarts: Int?
        var pings: Int?
    }

    let folder: String

    /// The names below the kind's folder, from the golden costs.
    func names(_ kind: String) -> [String] {
        golden(kind).map(\.trace).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    func trace(_ kind: String, _ name: String) throws -> Trace {
        try TraceFile("\(folder)/\(kind)/\(name).csv.gz").trace
    }

    func golden(_ kind: String) -> [Golden] {
        guard let text = try? String(contentsOfFile: "\(folder)/\(kind)/golden.csv", encoding: .utf8) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            // Constant prefixes were counted at one price.
            if kind == "static" { fields.insert("0.1", at: 1) }
            guard fields.count >= 6, let read = Double(fields[1]), let cost = Double(fields[3]) else { return nil }
            return Golden(
                trace: fields[0], read: read, policy: fields[2], cost: cost, coldStarts: Int(fields[4]),
                pings: Int(fields[5]))
        }
    }
}
