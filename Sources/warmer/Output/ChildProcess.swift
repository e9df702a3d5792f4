import Foundation
import UnixSignals

/// A command that runs in this one's place: same terminal, same signals, same exit code.
///
/// It stays in this process's group, so that it may read from the terminal.
struct ChildProcess {
    private let command: [String]

    init(_ command: [String]) { self.command = command }

    private static let passedOn: [UnixSignal] = [.sighup, .sigint, .sigquit, .sigterm, .sigusr1, .sigusr2]

    /// Runs it to its end.
    ///
    /// - Returns: its exit code, or 128 and the number of the signal that has ended it, as shells have it.
    func run(environment added: [String: String]) async throws -> Int32 {
        let signals = await UnixSignalsSequence(trapping: Self.passedOn)
        let pid = try spawn(environment: ProcessInfo.processInfo.environment.merging(added) { $1 })
        let forwarding = Task {
            for await signal in signals where !Self.comesFromTerminal(signal) { kill(pid, signal.rawValue) }
        }
        let status: Int32 = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) == -1, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
        forwarding.cancel()
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// What is typed at a terminal goes to the whole group: the command has it already.
    private static func comesFromTerminal(_ signal: UnixSignal) -> Bool {
        (signal == .sigint || signal == .sigquit) && tcgetpgrp(STDIN_FILENO) == getpgrp()
    }

    private func spawn(environment: [String: String]) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that are caught here are its own business there.
        var reset = sigset_t()
        sigfillset(&reset)
        posix_spawnattr_setsigdefault(&attributes, &reset)
        // Threads of this process may hold signals back, which would be inherited.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        let fault = posix_spawnp(&pid, command[0], nil, &attributes, &arguments, &variables)
        guard fault == 0 else {
            throw SpawnFailure(
                command: command[0], isMissing: fault == ENOENT, reason: String(cString: strerror(fault)))
        }
        return pid
    }
}

/// A command that cannot be run at all; shells say 127 where there is none of that name and 126 otherwise.
struct SpawnFailure: Error {
    var command: String
    var isMissing: Bool
    var reason: String
    var code: Int32 { isMissing ? 127 : 126 }
}
