import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OrderedJSON
import Upstreams
import WarmerService

/// Speaks to the control API of a running daemon.
struct ControlClient: Sendable {
    let base: String
    let state: StateDirectory

    /// Warming takes as long as the provider does.
    private static let timeout = TimeAmount.seconds(120)
    private static let largestAnswer = 256 << 20

    func get(_ path: String) async throws -> JSONNode { try await send(HTTPClientRequest(url: base + path)) }

    /// A change, which bears the token of the state directory.
    @discardableResult
    func post(_ path: String) async throws -> JSONNode {
        let token: ControlToken
        do {
            token = try ControlToken.read(state)
        } catch {
            throw Failure(.failed, error.description)
        }
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token.text)")
        return try await send(request)
    }

    /// The path of a scope, whatever stands in its name.
    static func scope(_ name: String, _ rest: String = "") -> String {
        "/v1/scopes/\(escaped(name))\(rest)"
    }

    static func escaped(_ text: String) -> String {
        let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }

    private func send(_ request: HTTPClientRequest) async throws -> JSONNode {
        let status: HTTPResponseStatus
        let root: JSONNode
        do {
            let response = try await AnthropicClient.connections.execute(request, timeout: Self.timeout)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            status = response.status
            root = try JSONText(Array(body.readableBytesView)).root
        } catch {
            throw Failure(
                .failed,
                "\(base): no daemon answers there (\(error)); start `warmer run`, or name it with --control URL")
        }
        guard status.code < 400 else {
            let faults = root["faults"]?.elements.compactMap(\.string) ?? []
            let reason = root["error"]?["message"]?.string ?? faults.joined(separator: "; ")
            // What does not exist was named wrongly.
            throw Failure(status == .notFound || status == .badRequest ? .usage : .failed, reason)
        }
        return root
    }
}
