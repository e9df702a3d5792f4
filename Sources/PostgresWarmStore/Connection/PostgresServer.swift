import CPostgres
import Foundation
import PromptCacheWarmer
import Synchronization

/// Where a database is and how it is reached. Its password never leaves it.
struct PostgresServer: Sendable {
    /// For people: `postgres://user@host:port/database`.
    let name: String
    private let url: String
    private let password: String?

    /// Whether a text is meant to be the URL of a PostgreSQL database.
    static func isURL(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// - Parameter url: as libpq takes it, with several hosts and `sslmode` if need be.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if it is no such URL, which is not repeated, since it may hold a
    ///   password; or if libpq is not here.
    init(_ url: String) throws(LedgerError) {
        guard CPostgresIsHere() else {
            throw LedgerError(
                .unreadable, "a PostgreSQL ledger needs libpq.so.5, which is not on this machine; install libpq5")
        }
        guard Self.isURL(url), let parts = Self.parts(of: url) else {
            throw LedgerError(
                .unreadable,
                "the URL of the PostgreSQL ledger cannot be read: write postgres://USER@HOST/DATABASE, and what is "
                    + "special in its parts as %XX")
        }
        self.url = url
        password = parts["password"]
        let user = parts["user"].map { "\($0)@" } ?? ""
        let hosts = (parts["host"] ?? parts["hostaddr"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let ports = (parts["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let places = hosts.enumerated().map { place, host in
            let port = place < ports.count ? ports[place] : ports.first ?? ""
            return port.isEmpty ? "\(host)" : "\(host):\(port)"
        }
        name = "postgres://\(user)\(places.joined(separator: ","))/\(parts["dbname"] ?? "")"
    }

    private static func parts(of url: String) -> [String: String]? {
        guard let options = PQconninfoParse(url, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var parts: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parts[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return parts
    }

    /// Connects; blocks its thread, for at most some seconds a host.
    ///
    /// - Returns: a connection that may have failed, as libpq has it; nil without memory.
    func connect() -> OpaquePointer? {
        // What stands before the URL may be overridden by it. Of several hosts, the one that takes writes is wanted; one
        // that has gone silent is given up.
        let settings: [(String, String)] = [
            ("application_name", "prompt-cache-warmer"), ("connect_timeout", "5"), ("tcp_user_timeout", "10000"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("target_session_attrs", "read-write"),
            ("options", "-c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"),
            ("dbname", url),
        ]
        return CStrings.with(settings.map(\.0) + [nil] + settings.map(\.1) + [nil]) { texts in
            PQconnectdbParams(texts, texts + settings.count + 1, 1)
        }
    }

    /// A message of libpq's as one line, without the password, whoever has put it there.
    func safe(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
            .joined(separator: " ")
        guard let password, !password.isEmpty else { return line }
        return line.replacing(password, with: "…")
    }
}

/// Arrays of C strings.
enum CStrings {
    /// Calls with pointers to copies of texts, which live for as long as the call.
    static func with<Result>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        // A text of PostgreSQL's cannot hold the character 0.
        let copies = texts.map { text in
            text.flatMap { strdup($0.utf8.contains(0) ? $0.replacing("\0", with: "\u{FFFD}") : $0) }
        }
        defer { for copy in copies { free(copy) } }
        return copies.map { UnsafePointer<CChar>($0) }.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
