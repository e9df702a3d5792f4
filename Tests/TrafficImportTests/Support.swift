import Foundation
import TrafficImport
import WarmingPolicies

/// A folder of files, gone after the test.
final class Folder: Sendable {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        path = NSTemporaryDirectory() + "traffic-" + UUID().uuidString
        for (name, text) in files { try write(Data(text.utf8), name) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ data: Data, _ name: String) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    func trace(_ name: String = "t.csv", horizon: Trace.Horizon? = nil) throws -> Trace {
        try TraceFile("\(path)/\(name)", horizon: horizon).trace
    }

    /// What is said to be wrong, with paths from the folder; nil if nothing is.
    func fault(_ work: () throws -> Void) throws -> String? {
        do {
            try work()
            return nil
        } catch let fault as TrafficFault {
            return "\(fault)".replacingOccurrences(of: "\(path)/", with: "")
        }
    }
}

func milliseconds(_ moment: Moment) -> Int64 { moment.nanosecondsSince1970 / 1_000_000 }
