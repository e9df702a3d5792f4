import Foundation
import PromptCacheWarmer

/// Switches warming off and on, and remembers it over restarts in a file.
struct KillSwitch: Sendable {
    let warmer: CacheWarmer
    let state: StateDirectory

    /// Why warming is off to begin with: `WARMER_WARMING=off`, or the file of an earlier run.
    static func offReason(_ environment: [String: String], _ state: StateDirectory) -> String? {
        if isOff(environment["WARMER_WARMING"]) { return "WARMER_WARMING=off in the daemon's environment" }
        guard FileManager.default.fileExists(atPath: state.offFile) else { return nil }
        let text = FileManager.default.contents(atPath: state.offFile).map { String(decoding: $0, as: UTF8.self) }
        let reason = (text ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        return reason.isEmpty ? "\(state.offFile) is there" : reason
    }

    /// Spending stops before anything is written: what cannot be remembered holds now all the same.
    ///
    /// - Throws: ``DaemonError`` if it would not survive a restart.
    func turnOff(_ reason: String) throws(DaemonError) {
        warmer.setWarming(offReason: reason)
        try state.make()
        do {
            try Data((reason + "\n").utf8).write(to: URL(filePath: state.offFile), options: .atomic)
        } catch {
            throw DaemonError(
                "warming is off, but not after a restart: \(state.offFile) cannot be written; "
                    + "start with WARMER_WARMING=off")
        }
    }

    /// - Throws: ``DaemonError`` if the file cannot be removed; then warming stays off.
    func turnOn() throws(DaemonError) {
        do {
            if FileManager.default.fileExists(atPath: state.offFile) {
                try FileManager.default.removeItem(atPath: state.offFile)
            }
        } catch {
            throw DaemonError("warming stays off: \(state.offFile) cannot be removed; check the folder's permissions")
        }
        warmer.setWarming(offReason: nil)
    }

    private static func isOff(_ value: String?) -> Bool {
        ["off", "0", "false", "no"].contains(value?.lowercased())
    }
}
