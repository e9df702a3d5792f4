import Foundation
import Yams

/// Reads `store: { sqlite: warmer.sqlite }` or `{ postgres: postgres://… }`, and where versions are. Never shows a password.
struct StoreReader {
    let file: String
    let environment: [String: String]

    /// - Returns: nil for `off`, and where it cannot be read.
    func store(_ cursor: YAMLCursor?) -> StoreLocation? {
        let standard = StoreLocation.sqlite(TextFile.resolve("warmer.sqlite", from: file))
        guard let cursor else { return standard }
        if let isOn = cursor.word { return isOn ? standard : nil }
        let example = "{ sqlite: warmer.sqlite }"
        guard let section = cursor.object(["sqlite", "postgres"], example: "\(example), or off") else { return nil }
        if let postgres = section["postgres"] {
            if let sqlite = section.key("sqlite") {
                sqlite.fail("a ledger is in one place: take sqlite or postgres away")
            }
            return database(postgres)
        }
        guard
            let name = section.required("sqlite", "the ledger's file, such as \(example)")?.text(
                example: "warmer.sqlite")
        else { return nil }
        return .sqlite(TextFile.resolve(name, from: file))
    }

    /// Where versions are: in the store's database if there is one, unless told otherwise.
    func versions(_ cursor: YAMLCursor?, besides store: StoreLocation?) -> StoreLocation {
        if cursor == nil, case .postgres = store, let store { return store }
        return .sqlite(
            TextFile.resolve(cursor?.text(example: "warmer-versions.sqlite") ?? "warmer-versions.sqlite", from: file))
    }

    private func database(_ cursor: YAMLCursor) -> StoreLocation? {
        if case .scalar = cursor.node {
            guard let url = cursor.text(example: "postgres://warmer@db/warmer") else { return nil }
            if URLComponents(string: url)?.password != nil || url.contains("password=") {
                cursor.fail(
                    "passwords do not belong into this file: write { env: NAME } with the variable that holds the URL, "
                        + "or leave it to PGPASSWORD or ~/.pgpass")
                return nil
            }
            return database(url, cursor)
        }
        guard let section = cursor.object(["env"], example: "{ env: WARMER_DATABASE }"),
            let variable = section.required("env", "name the environment variable that holds the URL"),
            let name = variable.text(example: "WARMER_DATABASE")
        else { return nil }
        guard let url = environment[name], !url.isEmpty else {
            variable.fail("the environment variable \(name) is not set: export it before starting")
            return nil
        }
        return database(url, variable)
    }

    private func database(_ url: String, _ cursor: YAMLCursor) -> StoreLocation? {
        let location = StoreLocation(url)
        guard case .postgres = location else {
            cursor.fail("this is no URL of a PostgreSQL database: write it like postgres://warmer@db/warmer")
            return nil
        }
        return location
    }
}
