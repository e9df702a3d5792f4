import CPostgres
import Foundation
import Synchronization

/// A real PostgreSQL of the tests' own: on loopback, in a folder that goes with it. It ends when this process does.
///
/// It trusts everybody but the user `locked`, whose password is `open sesame`, and speaks TLS with a certificate that it
/// has signed itself.
public final class PostgresFixture: Sendable {
    /// Why there is none, and what to do.
    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let folder: String
    private let programs: String
    private let server = Mutex<Server?>(nil)
    private let databases = Atomic(0)

    private struct Server: Sendable {
        var process: Process
        /// Once it is closed, the server ends.
        var lifeline: Pipe
    }

    /// One for all tests of a process that do not stop it.
    public static func shared() async throws -> PostgresFixture { try await starting.value }
    private static let starting = Task { try await PostgresFixture.start() }

    /// Makes and starts another.
    ///
    /// - Throws: ``Missing`` where PostgreSQL is not installed or does not start.
    public static func start() async throws -> PostgresFixture {
        let fixture = try await blocking { try PostgresFixture() }
        try await fixture.start()
        return fixture
    }

    private init() throws {
        programs = try Self.programs()
        port = try Self.freePort()
        folder = NSTemporaryDirectory() + "postgres-" + UUID().uuidString
        try Self.run(
            """
            mkdir -p "$folder" && chmod 755 "$folder"
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>&1
            if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
            $as_user "$programs/initdb" --pgdata="$folder/data" --auth=trust --username=postgres --encoding=UTF8 \
                --locale=C --no-sync 2>&1
            printf 'host all locked all scram-sha-256\\nhost all all all trust\\n' > "$folder/data/pg_hba.conf"
            """, folder: folder, programs: programs, port: port)
    }

    deinit { FileManager.default.remove(folder) }

    /// Starts it again after ``stop()``.
    ///
    /// - Parameter settings: more settings, such as `default_transaction_read_only=on`.
    public func start(_ settings: [String] = []) async throws {
        let arguments = settings.map { "-c \($0)" }.joined(separator: " ")
        let server = try await Self.blocking { [self] in
            let process = Process()
            let lifeline = Pipe()
            let output = Pipe()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", Self.prelude + Self.serving]
            process.environment = [
                "folder": folder, "programs": programs, "port": "\(port)", "settings": arguments,
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            ]
            process.standardInput = lifeline
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let answer = output.fileHandleForReading.availableData
            guard answer == Data("ready\n".utf8) else {
                let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
                throw Missing(description: "PostgreSQL does not start: \(log)")
            }
            return Server(process: process, lifeline: lifeline)
        }
        self.server.withLock { $0 = server }
    }

    /// Ends it: connections are cut, what was committed stays.
    ///
    /// - Parameter crashes: whether it is killed, as by a power cut, and must recover when it starts again.
    public func stop(crashes: Bool = false) async throws {
        guard let server = server.withLock({ $0.take() }) else { return }
        try await Self.blocking {
            try server.lifeline.fileHandleForWriting.write(contentsOf: Data(crashes ? "crash\n".utf8 : "stop\n".utf8))
            try server.lifeline.fileHandleForWriting.close()
            server.process.waitUntilExit()
        }
    }

    // MARK: Databases

    public func url(database: String, user: String = "postgres", query: String = "") -> String {
        "postgres://\(user)@127.0.0.1:\(port)/\(database)\(query)"
    }

    /// The URL of an empty database of its own.
    public func database() async throws -> String {
        let name = "test\(databases.add(1, ordering: .relaxed).newValue)"
        try await run("CREATE DATABASE \(name)", in: "postgres")
        return url(database: name)
    }

    /// The certificate that signs the server's.
    public var certificate: String { folder + "/cert.pem" }

    /// Runs statements as the superuser.
    ///
    /// - Returns: the first column of the last one's first row.
    @discardableResult
    public func run(_ sql: String, in database: String) async throws -> String? {
        let url = url(database: database)
        return try await Self.blocking {
            let connection = PQconnectdb(url)
            defer { PQfinish(connection) }
            let result = PQexec(connection, sql)
            defer { PQclear(result) }
            guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
                throw Missing(description: String(cString: PQerrorMessage(connection)))
            }
            return PQntuples(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : nil
        }
    }

    // MARK: Processes

    /// What every script begins with: PostgreSQL refuses to run as root.
    private static let prelude = """
        set -eu
        as_user=
        if [ "$(id -u)" = 0 ]; then as_user="setpriv --reuid=postgres --regid=postgres --clear-groups"; fi
        cd /

        """

    private static let serving = """
        $as_user "$programs/postgres" -D "$folder/data" -c listen_addresses=127.0.0.1 -c port="$port" \
            -c unix_socket_directories= -c max_connections=200 -c fsync=off -c ssl=on \
            -c ssl_cert_file="$folder/cert.pem" -c ssl_key_file="$folder/key.pem" $settings >>"$folder/log" 2>&1 &
        server=$!
        until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do
            kill -0 $server 2>/dev/null || exit 1
            sleep 0.05
        done
        echo ready
        how=stop
        read -r how || true
        if [ "$how" = crash ]; then kill -QUIT $server; else kill -INT $server; fi
        wait $server || true
        """

    private static func run(_ script: String, folder: String, programs: String, port: Int) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", prelude + script]
        process.environment = [
            "folder": folder, "programs": programs, "port": "\(port)",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Missing(description: "PostgreSQL cannot be set up for tests: \(text)")
        }
    }

    private static func programs() throws -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let newest = versions.compactMap(Int.init).max().map { "/usr/lib/postgresql/\($0)/bin" }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let found = ([newest].compactMap(\.self) + path).first { folder in
            FileManager.default.isExecutableFile(atPath: folder + "/initdb")
        }
        guard let found else {
            throw Missing(
                description: "PostgreSQL is not installed, and these tests need it: run scripts/setup as root, "
                    + "or apt-get install postgresql libpq-dev")
        }
        return found
    }

    private static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, length) == 0 && getsockname(socket, generic, &length) == 0
            }
        }
        guard isBound else { throw Missing(description: "there is no free port on loopback") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Off the cooperative pool.
    private static func blocking<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { done in
            DispatchQueue.global().async { done.resume(with: Swift.Result { try body() }) }
        }
    }
}

extension FileManager {
    fileprivate func remove(_ path: String) { try? removeItem(atPath: path) }
}
