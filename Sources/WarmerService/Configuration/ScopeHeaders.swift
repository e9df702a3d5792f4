import PromptCacheWarmer

/// Reads the headers that decide over the cache besides the body.
enum ScopeHeaders {
    private static let credentials = ["authorization", "x-api-key", "cookie", "proxy-authorization"]
    private static let ours = ["content-length", "content-type", "host", "transfer-encoding", "connection"]

    static func read(_ object: YAMLObject) -> [WarmHeader] {
        var headers: [WarmHeader] = []
        for (name, value) in object["headers"]?.object(nil, example: "{ anthropic-version: 2023-06-01 }")?.all ?? [] {
            if let header = header(name, value) { headers.append(header) }
        }
        let betas = object["betas"]?.elements(example: "[context-1m-2025-08-07]") ?? []
        let names = betas.compactMap { $0.text(example: "context-1m-2025-08-07") }
        if !names.isEmpty { headers.append(WarmHeader("anthropic-beta", names.joined(separator: ","))) }
        return headers
    }

    private static func header(_ name: String, _ cursor: YAMLCursor) -> WarmHeader? {
        let isToken = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
        guard isToken, !ours.contains(name.lowercased()) else {
            cursor.fail("is no header to set here: give those of the real traffic that decide over the cache")
            return nil
        }
        guard !credentials.contains(name.lowercased()) else {
            cursor.fail("keys do not belong into this file: name the variable that holds it under upstreams")
            return nil
        }
        guard let value = cursor.text(example: "2023-06-01") else { return nil }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            cursor.fail("must be one line without control characters")
            return nil
        }
        return WarmHeader(name, value)
    }
}
