import Foundation
import OrderedJSON
import PromptCache

/// Reading the files that commands are given.
enum Files {
    /// The bytes of a file, or of standard input for `-`.
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        do {
            if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            let why = (error as NSError).underlyingErrors.first.map { $0.localizedDescription } ?? "it cannot be read"
            throw Failure(.usage, "\(path): \(why); check the path and its permissions")
        }
    }

    /// A request from a file, with the file's name in every fault.
    static func request(_ path: String) throws(Failure) -> MessagesRequest {
        let bytes = try read(path)
        do {
            return try MessagesRequest(bytes)
        } catch {
            throw Failure(.usage, "\(path): \(error)")
        }
    }
}
