import Foundation
import OrderedJSON
import PromptCache

/// Reading the files that commands are given.
enum Files {
    /// A path as a shell would expand it: `~` is the user's folder by HOME, which counts before the password file.
    static func expandingTilde(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"], !home.isEmpty
        else { return path }
        return home + path.dropFirst()
    }

    /// The bytes of a file, or of standard input for `-`.
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        do {
            if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw Failure(
                .usage, exists ? "\(path): cannot be read; check its permissions" : "\(path): there is no such file")
        }
    }

    /// What was measured of caches, from the file that `warmer probe` writes; as documented without one.
    static func profile(_ path: String?) throws(Failure) -> CacheProfile {
        guard let path else { return .documented }
        do {
            return try CacheProfile(json: try read(path))
        } catch let fault as RequestFault {
            throw Failure(.usage, "\(path): \(fault)")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.usage, "\(path): \(error)")
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
