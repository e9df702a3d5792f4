import Foundation

/// What proves that a request of the control API comes from the user, and from no page or other account.
public struct ControlToken: Sendable {
    /// 64 hexadecimal digits.
    public let text: String

    /// The token that a daemon has left in its state directory.
    ///
    /// - Throws: ``DaemonError`` if there is none that this user can read.
    public static func read(_ state: StateDirectory) throws(DaemonError) -> ControlToken {
        let file = state.tokenFile
        guard FileManager.default.fileExists(atPath: file) else {
            throw DaemonError(
                "\(file): there is no token; start `warmer run` as this user, or name its state directory as WARMER_STATE"
            )
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw DaemonError("\(file): cannot be read; use the user that runs the daemon")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.count == 64, text.allSatisfy(\.isHexDigit) else {
            throw DaemonError("\(file): holds no token; delete it and restart the daemon, which makes a new one")
        }
        return ControlToken(text: text)
    }

    /// The token of a state directory, made if there is none yet, in a file that its owner alone may read.
    ///
    /// - Throws: ``DaemonError`` if it cannot be written, or others may read it.
    static func readOrMake(_ state: StateDirectory) throws(DaemonError) -> ControlToken {
        try state.make()
        let file = state.tokenFile
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else {
            let token = try read(state)
            let mode = (try? FileManager.default.attributesOfItem(atPath: file))?[.posixPermissions] as? Int
            guard let mode, mode & 0o077 == 0 else {
                throw DaemonError("\(file): others may read it; delete it and restart, which makes a new one")
            }
            return token
        }
        var random = SystemRandomNumberGenerator()
        let digits = (0..<4).map { _ in
            let word = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - word.count) + word
        }
        let token = ControlToken(text: digits.joined())
        do {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: Data((token.text + "\n").utf8))
            try handle.close()
        } catch {
            throw DaemonError("\(file): cannot be written; check the space on its disk")
        }
        return token
    }

    /// Whether an `Authorization` header bears it; in a time that does not depend on where they part.
    func isBorne(by header: String?) -> Bool {
        let expected = Array("Bearer \(text)".utf8)
        let given = Array((header ?? "").utf8)
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
