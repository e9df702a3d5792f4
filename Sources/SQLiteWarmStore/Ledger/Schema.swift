import GRDB
import PromptCacheWarmer

/// The tables of a ledger, and the steps from each version to the next.
///
/// Times are nanoseconds since 1970, money is whole picodollars.
enum Schema {
    /// Tells a ledger from other SQLite files: "PCWL".
    static let applicationID: Int32 = 0x5043_574C

    static let migrations: [@Sendable (Database) throws -> Void] = [version1, version2, version3]

    private static func version1(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE event (
                    id INTEGER PRIMARY KEY,
                    at INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    scope TEXT NOT NULL,
                    upstream TEXT NOT NULL,
                    model TEXT NOT NULL,
                    prefixes TEXT NOT NULL,
                    is_whole INTEGER NOT NULL,
                    lifetime TEXT NOT NULL,
                    chose_hour INTEGER NOT NULL,
                    input INTEGER, write_5m INTEGER, write_1h INTEGER, read INTEGER, output INTEGER,
                    cost INTEGER,
                    cause TEXT,
                    first_token INTEGER,
                    reason TEXT NOT NULL,
                    expected_value INTEGER
                ) STRICT;
                CREATE INDEX event_at ON event(at);

                -- Until when arrivals and pings keep a prefix or scope: what savings are proven by.
                CREATE TABLE touch (
                    identity TEXT PRIMARY KEY,
                    arrival_until INTEGER, ping_at INTEGER, ping_until INTEGER,
                    ping_tokens INTEGER NOT NULL,
                    until INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX touch_until ON touch(until);

                CREATE TABLE hourly (
                    hour INTEGER NOT NULL, scope TEXT NOT NULL, upstream TEXT NOT NULL, model TEXT NOT NULL,
                    \(columns1.map { "\($0) INTEGER NOT NULL" }.joined(separator: ", ")),
                    PRIMARY KEY (hour, scope, upstream, model)
                ) STRICT, WITHOUT ROWID;

                -- Money that was set aside; settled is what it came to.
                CREATE TABLE reservation (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    at INTEGER NOT NULL, scope TEXT NOT NULL, amount INTEGER NOT NULL, settled INTEGER
                ) STRICT;
                CREATE INDEX reservation_open ON reservation(at) WHERE settled IS NULL;
                CREATE INDEX reservation_at ON reservation(at);

                -- Spent and reserved by quarters of an hour, which are the parts that all time zones' days are made of;
                -- the scope without a name is all of them.
                CREATE TABLE spent (
                    scope TEXT NOT NULL, quarter INTEGER NOT NULL, amount INTEGER NOT NULL,
                    PRIMARY KEY (scope, quarter)
                ) STRICT, WITHOUT ROWID;
                """)
    }

    /// Prefixes are known by upstream, model and key, no longer by their scope's name, and prune by an index.
    private static func version2(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE event DROP COLUMN is_whole;

                CREATE TABLE touch2 (
                    identity TEXT PRIMARY KEY,
                    arrival_until INTEGER, ping_at INTEGER, ping_until INTEGER,
                    ping_tokens INTEGER NOT NULL,
                    until INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                -- What is alive was touched in the last hour, so that recent rows tell whose it is.
                INSERT OR IGNORE INTO touch2
                SELECT identity || ' ' || model || ' ' || upstream, arrival_until, ping_at, ping_until, ping_tokens, until
                FROM touch JOIN (
                    SELECT DISTINCT upstream, model, prefixes FROM event
                    WHERE at >= (SELECT max(at) FROM event) - 7200000000000
                ) ON instr(prefixes, identity || ':') > 0;
                DROP TABLE touch;
                ALTER TABLE touch2 RENAME TO touch;
                CREATE INDEX touch_until ON touch(until);

                CREATE INDEX spent_quarter ON spent(quarter);
                """)
    }

    private static func version3(_ db: Database) throws {
        try db.execute(
            sql: """
                -- Histories of scopes, and what was learned of all of them; what is in them is the warmer's own affair.
                CREATE TABLE experience (
                    name TEXT PRIMARY KEY, at INTEGER NOT NULL, bytes BLOB NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX experience_at ON experience(at);
                """)
    }

    /// The sums of version 1, spelled out so that the version stays what it was.
    private static let columns1 = [
        "requests", "unknown", "hits", "cold_starts", "cost", "pings", "ping_hits", "ping_failures", "ping_refusals",
        "ping_cost", "saved", "premium", "warm_wait", "warm_waits", "cold_wait", "cold_waits", "input", "write_5m",
        "write_1h", "read", "output", "ping_input", "ping_write_5m", "ping_write_1h", "ping_read", "ping_output",
        "cause_first_sight", "cause_expired", "cause_diverged", "cause_evicted_early", "cause_elsewhere",
        "cause_below_minimum", "cause_lifetime_downgraded", "cause_not_marked",
    ]
}
