import HTTPTypes
import Hummingbird
import Logging
import NIOCore
public import SteppedTime

/// The provider's prompt cache as an HTTP server, to try and test against without a key and without a network.
///
/// ```swift
/// try await Emulator.run { emulator in
///     // Point any client at emulator.baseURL; step emulator.time.
/// }
/// ```
public struct Emulator: Sendable {
    /// Where it listens, for example `http://127.0.0.1:41234`.
    public let baseURL: String
    /// Its time.
    public let time: SteppedTime
    let provider: Provider

    /// Runs an emulator for as long as a body takes.
    ///
    /// - Throws: what the body throws, or why the address cannot be listened on.
    public static func run<Result: Sendable>(
        _ configuration: EmulatorConfiguration = EmulatorConfiguration(),
        faults: [UInt8]? = nil,
        _ body: @escaping @Sendable (Emulator) async throws -> Result
    ) async throws -> Result {
        let provider = Provider(configuration)
        if let faults {
            do {
                provider.setFaults(try FaultPlan(json: faults))
            } catch {
                throw EmulatorError(reason: error.message)
            }
        }
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        // The server logs the clients that it cuts off when it stops; nothing of that is news.
        let logger = Logger(label: "prompt-cache-emulator") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            router: Routes(provider: provider, configuration: configuration).router,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in
                bound.yield(channel.localAddress?.port ?? configuration.port)
                bound.finish()
            },
            logger: logger)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                defer { bound.finish() }
                try await application.run()
                return nil
            }
            group.addTask {
                guard let port = await ports.first(where: { _ in true }) else {
                    throw EmulatorError(reason: "cannot listen on \(configuration.host):\(configuration.port)")
                }
                return try await body(
                    Emulator(
                        baseURL: "http://\(configuration.host):\(port)", time: configuration.time, provider: provider))
            }
            defer { group.cancelAll() }
            while let next = try await group.next() {
                if let result = next { return result }
            }
            throw CancellationError()
        }
    }

    /// What a workspace has been billed, in tokens.
    public func bill(of workspace: String) -> EmulatedUsage { provider.bills[workspace]?.usage ?? EmulatedUsage() }

    /// How many requests of a workspace were answered.
    public func requests(of workspace: String) -> Int { provider.bills[workspace]?.requests ?? 0 }

    /// Everything that was asked, with what became of it, the oldest first; at most ``EmulatorConfiguration/mostRecords``.
    public var log: [LoggedRequest] { provider.records.map(LoggedRequest.init) }

    /// Sets what a workspace may send to a model in a minute; its account begins anew.
    public func setLimits(_ limits: EmulatedLimits) { provider.setLimits(limits) }

    /// Sets what shall go wrong, in the words of `POST /emulator/faults`.
    ///
    /// - Throws: ``EmulatorError`` that names what is wrong with the plan.
    public func setFaults(_ json: String) throws {
        do {
            provider.setFaults(try FaultPlan(json: Array(json.utf8)))
        } catch {
            throw EmulatorError(reason: error.message)
        }
    }
}

/// A request of `/v1/messages` that the emulator has had.
public struct LoggedRequest: Sendable {
    /// The request id of its response.
    public var id: String
    /// When it began.
    public var at: Duration
    public var workspace: String
    /// 0 where the connection was cut before a response.
    public var status: Int
    public var usage: EmulatedUsage
    /// What the faults that struck it did, in the words of the fault plan: `status 529`, `evict`, `cut mid`.
    public var faults: [String]

    init(_ record: Provider.Record) {
        id = record.id
        at = record.at
        workspace = record.workspace
        status = record.status
        usage = record.usage
        faults = record.faults
    }
}

/// Why an emulator cannot run as asked.
public struct EmulatorError: Error, CustomStringConvertible {
    public var reason: String
    public var description: String { reason }
}
