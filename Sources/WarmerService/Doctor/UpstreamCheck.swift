import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PromptCacheWarmer
import Upstreams

/// Whether an upstream can be reached, takes the key, and tells the same time. It asks for the list of models, which is free.
struct UpstreamCheck {
    let name: String
    let upstream: WarmerConfiguration.Upstream

    private static let timeout = TimeAmount.seconds(10)
    /// Beyond this, budgets end their day and hours open at another time than people think.
    private static let longestSkew = 5.0

    func findings() async -> [Finding] {
        let subject = "upstream \(name)"
        var request = HTTPClientRequest(url: "\(upstream.endpoint)/v1/models?limit=1")
        let header = upstream.credential.requestHeader
        request.headers.add(name: header.name, value: header.value)
        request.headers.add(name: "anthropic-version", value: AnthropicClient.defaultVersion)
        let response: HTTPClientResponse
        do {
            response = try await AnthropicClient.connections.execute(request, timeout: Self.timeout)
        } catch {
            return [
                Finding(
                    subject, .bad, "\(upstream.endpoint) cannot be reached (\(error)); check its url and the network")
            ]
        }
        return [verdict(subject, response.status), clock(response.headers)].compactMap(\.self)
    }

    private func verdict(_ subject: String, _ status: HTTPResponseStatus) -> Finding {
        let place = upstream.endpoint
        return switch status.code {
        case 200..<300: Finding(subject, .good, "\(place) answers and takes the key")
        case 401, 403:
            Finding(subject, .bad, "\(place) refuses the key (\(status.code)); check the variable that holds it")
        case 402: Finding(subject, .bad, "\(place) wants to be paid first (402); see to the account")
        case 404: Finding(subject, .warning, "\(place) answers, but has no list of models to try the key on")
        default: Finding(subject, .warning, "\(place) answers \(status.code) just now; try again later")
        }
    }

    private func clock(_ headers: HTTPHeaders) -> Finding? {
        guard let text = headers.first(name: "date"), let date = Self.httpDate(text) else { return nil }
        let skew = Date().timeIntervalSince(date)
        guard abs(skew) > Self.longestSkew else {
            return Finding("clock", .good, "agrees with \(name)'s to a few seconds")
        }
        return Finding(
            "clock", .warning,
            "\(Int(abs(skew))) s \(skew > 0 ? "ahead of" : "behind") \(name)'s; have it set by NTP, since budgets and hours follow it"
        )
    }

    static func httpDate(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text)
    }

    /// Whether a URL answers with success.
    static func answers(_ url: String) async -> Bool {
        let answer = try? await AnthropicClient.connections.execute(HTTPClientRequest(url: url), timeout: timeout)
        return answer?.status == .ok
    }
}
