import PromptCacheWarmer

/// What PostgreSQL or libpq has said, before it becomes a line for people.
struct PostgresFault: Error {
    /// Five characters, such as `28P01`; empty where the server said nothing.
    var state: String
    /// One line, without a password.
    var message: String
    /// Whether the connection is gone.
    var isLost: Bool

    /// Whether it is a conflict with another transaction, which is over now.
    var isPassing: Bool { state == "40001" || state == "40P01" }

    /// Whether the server takes no writes, as one does that is a standby or was made one.
    var isReadOnly: Bool { state == "25006" || (isLost && message.contains("session is read-only")) }

    /// A later version of the program has made the tables what they are.
    static func newerSchema(_ version: Int, known: Int) -> PostgresFault {
        PostgresFault(
            state: "newer",
            message: "was written by a newer version of this program (\(version); this one knows \(known))",
            isLost: false)
    }

    /// The schema's name is taken.
    static let otherSchema = PostgresFault(
        state: "other", message: "its schema \(Schema.name) holds tables of something else", isLost: false)

    /// There are no tables yet.
    static let noSchema = PostgresFault(state: "none", message: "holds no ledger", isLost: false)

    /// One line: which ledger, what is wrong, what to do.
    func error(_ place: String) -> LedgerError {
        func error(_ code: LedgerError.Code, _ text: String) -> LedgerError { LedgerError(code, "\(place): \(text)") }
        if isReadOnly {
            return error(
                .unreadable, "takes no writes, as a standby does; name the primary, or all hosts with commas between")
        }
        return switch state {
        case "newer": error(.newerVersion, "\(message); upgrade, or name another database")
        case "none": error(.unreadable, "\(message); check the database's name")
        case "other": error(.notALedger, "\(message); name another database")
        case "42501":
            error(
                .unreadable, "\(message); grant the rights: CREATE on the database, or all on its schema \(Schema.name)"
            )
        case "53100": error(.full, "the server's disk is full; make room, nothing that was written is lost")
        case "53200", "53300", "57P03": error(.busy, "the server is too busy: \(message)")
        case "55P03", "57014": error(.busy, "another process has held it for too long: \(message)")
        case "XX001", "XX002": error(.damaged, "is damaged: \(message); restore the database from a backup")
        case _ where message.contains("password authentication failed") || message.contains("no password supplied"):
            error(
                .unreadable, "the password is wrong or missing; put the right one into the URL, PGPASSWORD or ~/.pgpass"
            )
        case _ where message.contains("does not exist") && isLost:
            error(.unreadable, "\(message); create it, or correct the URL")
        case _ where isLost: error(.busy, "cannot be reached: \(message)")
        default: error(.broken, message)
        }
    }
}
