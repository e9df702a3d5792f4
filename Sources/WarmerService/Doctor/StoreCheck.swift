import Foundation
import PostgresWarmStore
import PromptCacheWarmer
import SQLiteWarmStore

/// Whether a store can be used. It changes nothing: what is not there is not made, and no tables are brought up to date.
struct StoreCheck {
    let store: StoreLocation?

    /// Beyond this, a budget's day ends at another time than people think.
    private static let longestSkew = Duration.seconds(5)
    /// A ledger grows by some hundred bytes with each arrival and ping.
    private static let leastRoom = 500_000_000

    func findings() async -> [Finding] {
        do throws(LedgerError) {
            switch store {
            case nil:
                return [
                    Finding(
                        "store", .warning, "is off: a restart forgets what was spent and learned; name one as store")
                ]
            case .sqlite(let path): return [try await file(path), room(path)].compactMap(\.self)
            case .postgres(let url): return try await database(url)
            }
        } catch {
            return [Finding("store", .bad, error.reason)]
        }
    }

    private func file(_ path: String) async throws(LedgerError) -> Finding {
        guard FileManager.default.fileExists(atPath: path) else {
            let folder = URL(filePath: path).deletingLastPathComponent().path
            return FileManager.default.isWritableFile(atPath: folder)
                ? Finding("store", .good, "\(path): is made at the start")
                : Finding("store", .bad, "\(path): cannot be made; see that its folder is there and can be written")
        }
        let schema = try await SQLiteWarmStore.schema(of: path)
        return Finding("store", .good, "\(path): can be written, \(words(schema.version, schema.newest))")
    }

    private func room(_ path: String) -> Finding? {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let facts = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = (facts?[.systemFreeSize] as? NSNumber)?.intValue else { return nil }
        let text = "\(free / 1_000_000) MB are free for \(path)"
        return free >= Self.leastRoom
            ? Finding("disk", .good, text) : Finding("disk", .warning, "only \(text); make room before it is full")
    }

    private func database(_ url: String) async throws(LedgerError) -> [Finding] {
        let place = PostgresWarmStore.place(of: url)
        let found = try await PostgresWarmStore.examine(url)
        var findings = [
            Finding(
                "store", .good,
                "\(place): PostgreSQL \(found.server) through libpq \(found.library), "
                    + words(found.version, found.newest))
        ]
        if !found.lacking.isEmpty {
            let tables = found.lacking.joined(separator: ", ")
            findings.append(
                Finding(
                    "store", .bad,
                    found.version == 0
                        ? "\(place): its tables cannot be made; grant CREATE on the database"
                        : "\(place): \(tables) cannot be read and written; grant SELECT, INSERT, UPDATE and DELETE on them"
                ))
        }
        let distance = found.skew < .zero ? .zero - found.skew : found.skew
        findings.append(
            distance <= Self.longestSkew
                ? Finding("store's clock", .good, "agrees with this machine's to a few seconds")
                : Finding(
                    "store's clock", .warning,
                    "this machine's is \(Int(distance / .seconds(1))) s \(found.skew > .zero ? "ahead of" : "behind") it; "
                        + "have both set by NTP, since the budget's day follows this one"))
        return findings
    }

    private func words(_ version: Int, _ newest: Int) -> String {
        if version == 0 { return "its tables are made at the start" }
        return version == newest ? "schema \(version)" : "schema \(version), which the start brings to \(newest)"
    }
}
