import ArgumentParser
import Foundation
import WarmerService

/// Which daemon to speak to.
struct ControlOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The dashboard of a running `warmer run`.", valueName: "url"))
    var control: String?
    @Option(help: "The configuration of the daemon, which says where its dashboard listens.") var config = "warmer.yaml"

    /// - Throws: ``Failure`` if the configuration does not say where to find the daemon.
    func client() throws -> ControlClient {
        let environment = ProcessInfo.processInfo.environment
        return ControlClient(base: try base(), state: .standard(environment))
    }

    private func base() throws -> String {
        if let control {
            return control.hasSuffix("/") ? String(control.dropLast()) : control
        }
        guard FileManager.default.fileExists(atPath: config) else { return LoopbackAddress.dashboard.url }
        let text = String(decoding: try Files.read(config), as: UTF8.self)
        let address: LoopbackAddress?
        do {
            address = try LoopbackAddress.dashboard(in: text, file: config)
        } catch {
            throw Failure(.usage, error.faults.first?.description ?? "\(config): invalid")
        }
        guard let address else {
            throw Failure(.usage, "\(config): the dashboard is off, so the daemon cannot be asked; switch it on")
        }
        guard address.port != 0 else {
            throw Failure(.usage, "\(config): dashboard.listen takes any port; say which with --control URL")
        }
        return address.url
    }
}
