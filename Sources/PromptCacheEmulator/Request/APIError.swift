/// An error as the provider words it.
struct APIError: Error, Hashable {
    var status: Int
    var type: String
    var message: String
    /// Seconds for a `retry-after` header.
    var retryAfter: Double?

    static func invalid(_ message: String) -> APIError {
        APIError(status: 400, type: "invalid_request_error", message: message)
    }

    /// An error of a status, with the type that goes with it.
    static func status(_ status: Int, retryAfter: Double? = nil) -> APIError {
        let (type, message) = known[status] ?? ("api_error", "Internal server error")
        return APIError(status: status, type: type, message: message, retryAfter: retryAfter)
    }

    private static let known: [Int: (String, String)] = [
        400: ("invalid_request_error", "Invalid request"),
        401: ("authentication_error", "invalid x-api-key"),
        402: ("billing_error", "Your credit balance is too low"),
        403: ("permission_error", "Your API key does not have permission to use the specified resource"),
        404: ("not_found_error", "Not found"),
        409: ("conflict_error", "The request conflicts with the current state"),
        413: ("request_too_large", "Request exceeds the maximum size of 32 MB"),
        422: ("invalid_request_error", "Unprocessable request"),
        429: ("rate_limit_error", "This request would exceed your rate limit"),
        500: ("api_error", "Internal server error"),
        504: ("timeout_error", "Request timed out"),
        529: ("overloaded_error", "Overloaded"),
    ]
}
