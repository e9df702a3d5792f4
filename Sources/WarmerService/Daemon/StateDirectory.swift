import Foundation

/// Where a daemon keeps what outlives it besides the ledger: the token of its control API, and whether warming is switched
/// off. All daemons and commands of a user share it unless told otherwise.
public struct StateDirectory: Hashable, Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// The folder of an environment: `WARMER_STATE`; else the first of `STATE_DIRECTORY`, which systemd sets; else
    /// `prompt-cache-warmer` in the user's state directory.
    public static func standard(_ environment: [String: String]) -> StateDirectory {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let path = value("WARMER_STATE") { return StateDirectory(path: path) }
        if let paths = value("STATE_DIRECTORY"), let first = paths.split(separator: ":").first {
            return StateDirectory(path: String(first))
        }
        let base = value("XDG_STATE_HOME") ?? (value("HOME") ?? NSHomeDirectory()) + "/.local/state"
        return StateDirectory(path: base + "/prompt-cache-warmer")
    }

    /// The file with the token.
    public var tokenFile: String { path + "/control.token" }
    /// The file that is there while warming is switched off; it holds the reason.
    public var offFile: String { path + "/warming-off" }

    /// Makes the folder, for its owner alone.
    func make() throws(DaemonError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DaemonError("cannot make the folder \(path) for the daemon's state; choose another as WARMER_STATE")
        }
    }
}
