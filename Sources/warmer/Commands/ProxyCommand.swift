import ArgumentParser
import Foundation
import Logging
import NIOSSL
import ServiceLifecycle
import Synchronization
import UnixSignals
import WarmerService

struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Relays any client's requests untouched, says what misses the cache and why, and keeps prompts warm.",
        discussion: """
            Example:

              warmer proxy --upstream https://api.anthropic.com --listen 127.0.0.1:8787
              ANTHROPIC_BASE_URL=http://127.0.0.1:8787 python app.py
              warmer proxy --warm --budget-per-day 1.00 --ledger warmer.sqlite --control 127.0.0.1:8788

            Prints `listening on http://HOST:PORT`; logs go to standard error. It spends nothing of its own without \
            --warm and --budget-per-day. Ctrl-C or SIGTERM ends it once requests under way have ended. docs/proxy.md \
            has it all.
            """)

    @OptionGroup var flags: ProxyFlags
    @Option(help: "Where to listen; port 0 for any.") var listen = "127.0.0.1:8787"
    @Option(help: ArgumentHelp("Speak TLS to clients, with these certificates as PEM.", valueName: "file"))
    var tlsCertificate: String?
    @Option(help: ArgumentHelp("The key of the certificate, as PEM.", valueName: "file")) var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "Where the control API and the dashboard listen, for warmer status and explain.", valueName: "address"))
    var control: String?

    func validate() throws {
        if (tlsCertificate == nil) != (tlsKey == nil) {
            throw ValidationError("--tls-certificate and --tls-key go together: give both, or neither")
        }
    }

    func run() async throws {
        ServerProcess.nameTimeZone()
        let address = try ListenAddress(listen)
        let tls = try serverTLS()
        let control = try control.map { try LoopbackAddress($0) }
        let lines = ProxyLines()
        let daemon = try await flags.daemon(listen: address, tls: tls, control: control) { lines.print($0) }
        ServerProcess.settle()
        var quiet = flags.logger
        quiet.logLevel = max(flags.logLevel, .warning)
        do {
            try await ServiceGroup(
                services: [daemon], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet
            ).run()
        } catch let error as ClockError {
            throw Failure(.failed, "\(error)")
        } catch let error as DaemonError {
            throw Failure(.failed, "\(error)")
        }
        flags.logger.info("\(BillText(daemon.bill).line)")
    }

    private func serverTLS() throws(Failure) -> TLSConfiguration? {
        guard let tlsCertificate, let tlsKey else { return nil }
        let chain = try Files.read(tlsCertificate)
        let key = try Files.read(tlsKey)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(chain), !certificates.isEmpty else {
            throw Failure(.usage, "\(tlsCertificate): has no PEM certificate in it")
        }
        guard let privateKey = try? NIOSSLPrivateKey(bytes: key, format: .pem) else {
            throw Failure(.usage, "\(tlsKey): has no PEM key in it")
        }
        return .makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    }
}

/// What is printed when servers listen: the proxy's address first, whoever came first.
private final class ProxyLines: Sendable {
    private let waiting = Mutex<[String]?>([])

    func print(_ line: String) {
        waiting.withLock { waiting in
            guard line.hasPrefix("proxy ") else {
                if waiting == nil { Terminal.print(line) } else { waiting?.append(line) }
                return
            }
            Terminal.print(String(line.dropFirst("proxy ".count)))
            for other in waiting ?? [] { Terminal.print(other) }
            waiting = nil
        }
    }
}
