public import OrderedJSON

/// What a response of `/v1/messages` says about itself.
public struct MessagesResponse: Hashable, Sendable {
    /// The model that answered.
    public var model: String?
    /// What it cost in tokens.
    public var usage: Usage?
    /// Why it ended.
    public var stopReason: String?
    /// The error, if it is one; it may come within a stream after a good status.
    public var error: ProviderError?

    public init(model: String? = nil, usage: Usage? = nil, stopReason: String? = nil, error: ProviderError? = nil) {
        self.model = model
        self.usage = usage
        self.stopReason = stopReason
        self.error = error
    }

    /// Reads a whole JSON response.
    ///
    /// - Parameters:
    ///   - bytes: the body.
    ///   - lifetime: what writes count as where the response does not split them.
    /// - Throws: ``JSONFault`` if it is not JSON.
    public init(_ bytes: [UInt8], assuming lifetime: Lifetime = .fiveMinutes) throws(JSONFault) {
        let root = try JSONText(bytes).root
        self.init(
            model: root["model"]?.string, usage: root["usage"].flatMap { Usage($0, assuming: lifetime) },
            stopReason: root["stop_reason"]?.string, error: ProviderError(root))
    }
}

/// An error in the provider's shape.
public struct ProviderError: Error, Hashable, Sendable {
    /// For example `invalid_request_error`.
    public var type: String
    /// For people.
    public var message: String

    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    init?(_ root: JSONNode) {
        guard let error = root["error"], let type = error["type"]?.string else { return nil }
        self.init(type: type, message: error["message"]?.string ?? "")
    }
}

extension ProviderError: CustomStringConvertible {
    public var description: String { message.isEmpty ? type : "\(type): \(message)" }
}
