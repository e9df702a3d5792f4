import Foundation
import Upstreams
import Yams

/// Reads `{ url: …, api_key: { env: NAME }, auth: bearer }`, or `api_key: { file: PATH }`. Never shows a key.
struct UpstreamReader {
    /// Paths count from its folder.
    let file: String
    let environment: [String: String]

    func upstream(_ cursor: YAMLCursor) -> WarmerConfiguration.Upstream? {
        let example = "{ url: https://api.anthropic.com, api_key: { env: ANTHROPIC_API_KEY } }"
        guard let section = cursor.object(["url", "api_key", "auth"], example: example) else { return nil }
        let url = section.required("url", "write for example url: https://api.anthropic.com").flatMap(url)
        let key = section.required("api_key", "write for example api_key: { env: ANTHROPIC_API_KEY }").flatMap(key)
        let isBearer = section["auth"].map(isBearer) ?? false
        guard let url, let key, let isBearer else { return nil }
        return WarmerConfiguration.Upstream(endpoint: url, credential: isBearer ? .bearer(key) : .apiKey(key))
    }

    private func url(_ cursor: YAMLCursor) -> String? {
        guard let text = cursor.text(example: "https://api.anthropic.com") else { return nil }
        let parts = URLComponents(string: text)
        guard parts?.user == nil, parts?.password == nil else {
            cursor.fail("a base URL bears no name and no password: take them out, and give the key as api_key")
            return nil
        }
        let isWhole = parts?.host.map { !$0.isEmpty } ?? false
        guard let parts, isWhole, parts.query == nil, parts.fragment == nil,
            let client = try? AnthropicClient(credential: .apiKey(""), endpoint: text)
        else {
            cursor.fail("'\(text)' is no base URL: write it like https://api.anthropic.com or http://127.0.0.1:8080")
            return nil
        }
        return client.endpoint
    }

    private func key(_ cursor: YAMLCursor) -> String? {
        if case .scalar = cursor.node {
            cursor.fail("keys do not belong into this file: write { env: NAME } with the variable that holds it")
            return nil
        }
        guard let section = cursor.object(["env", "file"], example: "{ env: ANTHROPIC_API_KEY }") else { return nil }
        if let place = section["file"] {
            guard section["env"] == nil else {
                section.key("env")?.fail("stands beside file: remove one of both")
                return nil
            }
            return place.text(example: "/run/credentials/key").flatMap { key(in: $0, place) }
        }
        guard let variable = section.required("env", "name the environment variable that holds the key"),
            let name = variable.text(example: "ANTHROPIC_API_KEY")
        else { return nil }
        guard let key = environment[name], !key.isEmpty else {
            variable.fail("the environment variable \(name) is not set: export it before starting")
            return nil
        }
        return checked(key, name, variable)
    }

    /// A key in a file, which nobody else may read.
    private func key(in name: String, _ cursor: YAMLCursor) -> String? {
        let path = TextFile.resolve(name, from: file)
        do {
            let text = String(decoding: try TextFile.read(path), as: UTF8.self)
            let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
            guard let mode, mode & 0o077 == 0 else {
                cursor.fail("\(path): others may read it: chmod 600 it")
                return nil
            }
            let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !key.isEmpty else {
                cursor.fail("\(path): is empty: write the key into it")
                return nil
            }
            return checked(key, path, cursor)
        } catch {
            cursor.fail("\(path): \(error.reason); paths count from the folder of this file")
            return nil
        }
    }

    private func checked(_ key: String, _ name: String, _ variable: YAMLCursor) -> String? {
        guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            variable.fail("\(name) holds spaces or other characters that no key has: export the key alone")
            return nil
        }
        // Subscriptions are for their own applications, not for programs that send by themselves.
        guard !key.hasPrefix("sk-ant-oat") else {
            variable.fail("\(name) holds a subscription token, which may not pay for pings: take an API key")
            return nil
        }
        return key
    }

    private func isBearer(_ cursor: YAMLCursor) -> Bool? {
        guard let text = cursor.text(example: "bearer") else { return nil }
        switch text {
        case "bearer": return true
        case "x-api-key": return false
        default:
            cursor.fail("'\(text)' is no way to send a key: there are x-api-key, which is usual, and bearer")
            return nil
        }
    }
}
