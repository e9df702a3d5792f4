/// Why an upstream cannot be used. Never holds a credential or a prompt.
public enum UpstreamError: Error, Sendable, Hashable {
    /// The base URL is none.
    case notAURL(String)
    /// No response came: the endpoint, and what happened.
    case unreachable(String, String)
}

extension UpstreamError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAURL(let text):
            "\(text) is no base URL; write it like https://api.anthropic.com or http://127.0.0.1:8080"
        case .unreachable(let endpoint, let what):
            "no response from \(endpoint): \(what); check that it runs and can be reached"
        }
    }
}
