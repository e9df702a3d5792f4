import CachePrices
import Foundation
import NIOCore
import NIOPosix
import PromptCache
import PromptCacheWarmer

/// Examines all that a daemon needs: its configuration with keys and prompts, the store, the profile, the state directory,
/// the address, the limits of the process, and each upstream with its clock. It sends no prompt and costs nothing.
public struct Doctor: Sendable {
    let file: String
    let profile: String?
    let environment: [String: String]

    /// Each scope of a proxy has a socket or two, and so has each client.
    private static let fewestFiles = 4096

    /// - Parameters:
    ///   - file: the configuration.
    ///   - profile: what was measured of caches; nil for what the configuration names.
    ///   - environment: where keys come from.
    public init(file: String, profile: String? = nil, environment: [String: String]) {
        self.file = file
        self.profile = profile
        self.environment = environment
    }

    public func findings() async -> [Finding] {
        let state = StateDirectory.standard(environment)
        var findings: [Finding] = []
        do {
            let configuration = try await WarmerConfiguration.load(file, environment: environment)
            let scopes = configuration.scopes.count
            findings.append(
                Finding(
                    "configuration", .good,
                    "\(file): valid, \(scopes) scopes, \(configuration.budget.perDay.short) a day"))
            if configuration.budget.perDay == .zero {
                findings.append(Finding("budget", .warning, "is 0 a day: nothing will be sent; raise budget.per_day"))
            }
            findings += await StoreCheck(store: configuration.store).findings()
            findings += measured(configuration)
            findings += await address(configuration.dashboard, state)
            for (name, upstream) in configuration.upstreams.sorted(by: { $0.key < $1.key }) {
                findings += await UpstreamCheck(name: name, upstream: upstream).findings()
            }
        } catch {
            findings += error.faults.map { Finding("configuration", .bad, $0.description) }
        }
        return findings + [directory(state), switchState(state), files()].compactMap(\.self)
    }

    private func measured(_ configuration: WarmerConfiguration) -> [Finding] {
        var measured = configuration.profile
        if let profile {
            do {
                measured = try CacheProfile(json: try TextFile.read(profile))
            } catch let error as TextFile.Unreadable {
                return [Finding("profile", .bad, "\(profile): \(error.reason); have `warmer probe` write it")]
            } catch {
                return [Finding("profile", .bad, "\(profile): \(error); have `warmer probe` write it anew")]
            }
        }
        return ProfileCheck(profile: measured, configuration: configuration, now: Date()).findings()
    }

    // MARK: This machine

    private func directory(_ state: StateDirectory) -> Finding {
        do {
            _ = try ControlToken.readOrMake(state)
            let probe = state.path + "/.doctor"
            guard FileManager.default.createFile(atPath: probe, contents: Data([0x0A])) else {
                return Finding("state", .bad, "\(state.path): cannot be written; check its permissions and disk")
            }
            try? FileManager.default.removeItem(atPath: probe)
            return Finding("state", .good, "\(state.path): can be written, and the token is the owner's alone")
        } catch {
            return Finding("state", .bad, error.description)
        }
    }

    private func switchState(_ state: StateDirectory) -> Finding? {
        KillSwitch.offReason(environment, state).map {
            Finding("kill switch", .warning, "warming is off: \($0); `warmer on` ends that")
        }
    }

    private func files() -> Finding {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Finding("open files", .warning, "their limit cannot be read")
        }
        let now = Int(clamping: limit.rlim_cur)
        return now >= Self.fewestFiles
            ? Finding("open files", .good, "up to \(now)")
            : Finding(
                "open files", .warning,
                "up to \(now), of which a busy proxy needs more; `ulimit -n \(Self.fewestFiles)`, or LimitNOFILE= in the unit"
            )
    }

    private func address(_ address: LoopbackAddress?, _ state: StateDirectory) async -> [Finding] {
        guard let address else {
            return [Finding("dashboard", .warning, "is off: no command can reach the daemon; switch it on")]
        }
        let place = "\(address.urlHost):\(address.port)"
        do {
            let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: address.port).get()
            try await channel.close()
            return [Finding("dashboard", .good, "\(place) is free; no daemon runs there")]
        } catch {
            if await UpstreamCheck.answers("\(address.url)/health") {
                return [Finding("dashboard", .good, "a daemon answers at \(address.url)")]
            }
            return [
                Finding(
                    "dashboard", .bad,
                    "\(place) cannot be listened on, and what is there is no daemon; choose another port as dashboard.listen"
                )
            ]
        }
    }
}
