import Foundation

/// Reads files, and says plainly why one cannot be read.
enum TextFile {
    struct Unreadable: Error {
        var reason: String
    }

    static func read(_ path: String) throws(Unreadable) -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Unreadable(reason: "there is no such file")
        }
        if isFolder.boolValue { throw Unreadable(reason: "it is a folder") }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Unreadable(reason: "it may not be read")
        }
        return Array(data)
    }

    /// A path that counts from the folder of a file.
    static func resolve(_ path: String, from file: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let slash = file.lastIndex(of: "/") else { return path }
        return String(file[...slash]) + path
    }
}
