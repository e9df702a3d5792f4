import Hummingbird
import Logging
import NIOCore
import PromptCacheWarmer
import ServiceLifecycle

/// The control API as a service, which tells once where it listens.
struct ControlServer: Service {
    let routes: ControlRoutes
    let address: LoopbackAddress
    let logger: Logger
    /// Gets the port once it listens; ends in any case.
    let listening: AsyncStream<Int>.Continuation

    func run() async throws {
        defer { listening.finish() }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: routes.router,
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil),
            onServerRunning: { channel in listening.yield(channel.localAddress?.port ?? address.port) },
            logger: quiet)
        do {
            try await application.run()
        } catch let error as CancellationError {
            throw error
        } catch let error as IOError {
            throw DaemonError(
                "cannot listen on \(address.urlHost):\(address.port): \(error.localizedDescription); stop what listens "
                    + "there, or choose another port as dashboard.listen")
        }
    }
}

extension ControlServer: CustomStringConvertible {
    /// Without what is in it: the token among it.
    var description: String { "ControlServer" }
}
