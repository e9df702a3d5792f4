import Foundation
import ServiceLifecycle
import UnixSignals

/// Has the configuration read again on SIGHUP, and when its file has changed.
struct ReloadService: Service {
    let keeper: ConfigurationKeeper
    let file: String

    /// How often the file is looked at: one `stat`, on the machine's time.
    private static let period = Duration.seconds(2)

    func run() async throws {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
                    await keeper.reload()
                }
            }
            tasks.addTask {
                await cancelWhenGracefulShutdown { await watch() }
            }
        }
    }

    private func watch() async {
        var seen = FileStamp(file)
        while (try? await Task.sleep(for: Self.period)) != nil {
            let stamp = FileStamp(file)
            // A file that is being replaced may be missing for a moment.
            guard stamp != seen, stamp.exists else { continue }
            seen = stamp
            await keeper.reload()
        }
    }
}

/// What changes about a file when it is written.
private struct FileStamp: Equatable {
    private var modified: Date?
    private var size: UInt64?
    private var number: UInt64?

    var exists: Bool { modified != nil }

    init(_ path: String) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        modified = attributes?[.modificationDate] as? Date
        size = (attributes?[.size] as? NSNumber)?.uint64Value
        number = (attributes?[.systemFileNumber] as? NSNumber)?.uint64Value
    }
}
