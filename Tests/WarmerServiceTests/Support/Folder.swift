import Foundation
import WarmerService

/// A folder with a configuration and the files that it names, gone after the test.
final class Folder: Sendable {
    let path: String
    static let environment = ["ANTHROPIC_API_KEY": "sk-ant-api03-secret"]

    init(_ files: [String: String] = [:]) throws {
        path = NSTemporaryDirectory() + "warmer-service-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8) }
    }

    var state: StateDirectory { StateDirectory(path: "\(path)/state") }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func read(
        _ yaml: String, environment: [String: String] = Folder.environment
    ) async throws -> WarmerConfiguration {
        try await WarmerConfiguration.read(yaml, file: "\(path)/warmer.yaml", environment: environment)
    }

    /// Everything that is wrong with a configuration, as it is told, with paths from the folder.
    func faults(_ yaml: String, environment: [String: String] = Folder.environment) async throws -> [String] {
        do {
            _ = try await read(yaml, environment: environment)
            return []
        } catch let error as InvalidConfiguration {
            return error.faults.map { "\($0)".replacingOccurrences(of: "\(path)/", with: "") }
        }
    }
}
