import AsyncHTTPClient
import NIOCore
import OrderedJSON
import Upstreams

/// Asking an emulator or a running daemon.
enum JSONOverHTTP {
    private static let timeout = TimeAmount.seconds(10)
    private static let largestAnswer = 16 << 20

    /// - Returns: the root of the answer, whatever its status.
    static func get(_ url: String, what: String) async throws -> JSONNode {
        do {
            let response = try await AnthropicClient.connections.execute(HTTPClientRequest(url: url), timeout: timeout)
            let body = try await response.body.collect(upTo: largestAnswer)
            return try JSONText(Array(body.readableBytesView)).root
        } catch {
            throw Failure(.failed, "\(what): no answer (\(error)); check that it runs there")
        }
    }
}
