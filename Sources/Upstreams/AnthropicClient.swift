public import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import OrderedJSON
import PromptCache
public import PromptCacheWarmer

/// Sends pings to Anthropic's API, or to anything that speaks it.
public struct AnthropicClient: WarmCall {
    /// How requests prove who pays for them.
    public struct Credential: Hashable, Sendable {
        let header: WarmHeader

        /// Tells it from others in every process; it cannot be found from that.
        fileprivate var digest: String {
            SHA256.hash(data: Array("prompt-cache-warmer payer \(header.value)".utf8)).prefix(8)
                .map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
        }

        /// The header that bears it, for other requests to the same upstream. Never log or show it.
        public var requestHeader: WarmHeader { header }

        /// An API key in `x-api-key`.
        public static func apiKey(_ key: String) -> Credential { Credential(header: WarmHeader("x-api-key", key)) }

        /// A key or token in `authorization: Bearer`.
        public static func bearer(_ token: String) -> Credential {
            Credential(header: WarmHeader("authorization", "Bearer \(token)"))
        }
    }

    public let endpoint: String
    private let credential: Credential
    private let headers: [WarmHeader]
    private let timeout: Duration
    private let http: HTTPClient
    private let digest: String

    /// The version that requests ask for unless their own headers say otherwise.
    public static let defaultVersion = "2023-06-01"

    /// Connections for all clients, for the life of the process. One that cannot be made is told at once: the warmer
    /// itself knows when to try again.
    public static let connections: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        // A redirect would take the key and the prompt to another host.
        configuration.redirectConfiguration = .disallow
        // The timeout of a call ends with the head of its response; its body may not stall either.
        configuration.timeout.read = .seconds(60)
        // The usual 8 would let pings wait for each other; the warmer's own pace is the limit.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// A client for an upstream.
    ///
    /// - Parameters:
    ///   - credential: who pays.
    ///   - endpoint: the base URL without `/v1`, `http` or `https`.
    ///   - headers: headers for every request.
    ///   - timeout: how long a whole call may take.
    ///   - http: the connections to use.
    /// - Throws: ``UpstreamError`` if the URL is none.
    public init(
        credential: Credential, endpoint: String = "https://api.anthropic.com", headers: [WarmHeader] = [],
        timeout: Duration = .seconds(60), http: HTTPClient = Self.connections
    ) throws(UpstreamError) {
        self.endpoint = try Self.normalized(endpoint)
        self.credential = credential
        digest = credential.digest
        self.headers = headers
        self.timeout = timeout
        self.http = http
    }

    /// A client for `https://api.anthropic.com` with a key.
    public init(apiKey: String) {
        endpoint = "https://api.anthropic.com"
        credential = .apiKey(apiKey)
        digest = credential.digest
        headers = []
        timeout = .seconds(60)
        http = Self.connections
    }

    public func payer(of headers: [WarmHeader]) -> String? { digest }

    public func send(_ request: WarmRequest) async throws -> WarmResponse {
        var outgoing = HTTPClientRequest(url: "\(endpoint)/v1/messages")
        outgoing.method = .POST
        outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        outgoing.headers.add(name: "content-type", value: "application/json")
        for header in [credential.header] + headers + request.headers {
            outgoing.headers.add(name: header.name, value: header.value)
        }
        if !outgoing.headers.contains(name: "anthropic-version") {
            outgoing.headers.add(name: "anthropic-version", value: Self.defaultVersion)
        }
        do {
            let response = try await http.execute(outgoing, timeout: .init(timeout))
            return try await read(response, to: request)
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch let error where Self.neverConnected(error) {
            throw NotSent("\(UpstreamError.unreachable(endpoint, String(describing: error)))")
        } catch {
            throw UpstreamError.unreachable(endpoint, String(describing: error))
        }
    }

    /// Whether a request cannot have left, because there was no connection to leave by.
    private static func neverConnected(_ error: any Error) -> Bool {
        if let error = error as? HTTPClientError { return error == .connectTimeout || error == .tlsHandshakeTimeout }
        if case .handshakeFailed = error as? NIOSSLError { return true }
        return error is NIOConnectionError || error is NIOSSLExtraError
            || (error as? IOError)?.errnoCode == ECONNREFUSED
    }

    private func read(_ response: HTTPClientResponse, to request: WarmRequest) async throws -> WarmResponse {
        var answer = WarmResponse(
            status: Int(response.status.code), advice: RetryAdvice { response.headers.first(name: $0) },
            workspace: response.headers.first(name: "anthropic-workspace-id"),
            limits: LimitReading { response.headers.first(name: $0) })
        let isStream = response.headers.first(name: "content-type")?.hasPrefix("text/event-stream") ?? false
        if isStream {
            var reader = UsageReader(assuming: request.lifetime)
            for try await chunk in response.body {
                reader.read(chunk.readableBytesView)
                // Leaving the loop closes the connection, which tells the provider to stop.
                if request.closesAtFirstEvent, reader.response.usage != nil { break }
            }
            answer.usage = reader.response.usage
            answer.error = reader.response.error
        } else {
            let body = try await response.body.collect(upTo: Self.largestResponse)
            if let message = try? MessagesResponse(Array(body.readableBytesView), assuming: request.lifetime) {
                answer.usage = message.usage
                answer.error = message.error
            }
        }
        return answer
    }

    /// Pings have no output; a megabyte is far beyond any answer to one.
    private static let largestResponse = 1 << 20

    private static func normalized(_ endpoint: String) throws(UpstreamError) -> String {
        var url = endpoint
        while url.hasSuffix("/") { url.removeLast() }
        if url.hasSuffix("/v1") { url.removeLast(3) }
        let scheme = url.split(separator: ":", maxSplits: 1).first
        guard scheme == "http" || scheme == "https",
            url.dropFirst((scheme?.count ?? 0) + 3).contains(where: { $0 != "/" })
        else { throw .notAURL(endpoint) }
        return url
    }
}
