import PromptCache

/// What a failed call means: what is at fault, and nothing else, stops.
enum Fault: Hashable, Sendable {
    /// It may work a little later.
    case transient
    /// `max_tokens: 0` may have caused it: the next rung of the ladder may work.
    case perhapsRung
    /// The key, its account or its rights.
    case credential
    /// The provider has no such model for this key.
    case model
    /// This request, however it is sent.
    case scope

    /// - Parameters:
    ///   - response: with a status other than 200.
    ///   - rung: how the request asked for no output.
    static func of(_ response: WarmResponse, on rung: Rung) -> Fault {
        if response.advice.shouldRetry == true { return .transient }
        switch response.status {
        case 401, 402, 403: return .credential
        case 404: return .model
        case 400 where rung != .streamAndClose && response.error?.type == "invalid_request_error": return .perhapsRung
        case 422 where rung != .streamAndClose: return .perhapsRung
        case 408, 409, 429, 500...: return .transient
        default: return .scope
        }
    }

    /// What to do about it.
    var mend: String {
        switch self {
        case .transient: "try again later"
        case .perhapsRung, .scope: "mend the request and resume the scope"
        case .credential: "mend the key or its account, then resume its scopes"
        case .model: "check the model's name, then resume its scopes"
        }
    }
}
