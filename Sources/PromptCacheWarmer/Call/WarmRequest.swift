public import PromptCache

/// A request that keeps a prompt warm, ready to be sent.
public struct WarmRequest: Sendable {
    /// The body, to be sent byte for byte.
    public var body: [UInt8]
    /// Headers beyond credentials and content type, for example `anthropic-beta`.
    public var headers: [WarmHeader]
    /// The model, for the caller's own use.
    public var model: ModelID
    /// Whether to close the connection as soon as the response begins.
    public var closesAtFirstEvent: Bool
    /// What writes count as where the response does not split them.
    public var lifetime: Lifetime

    public init(
        body: [UInt8], headers: [WarmHeader] = [], model: ModelID, closesAtFirstEvent: Bool = false,
        lifetime: Lifetime = .fiveMinutes
    ) {
        self.body = body
        self.headers = headers
        self.model = model
        self.closesAtFirstEvent = closesAtFirstEvent
        self.lifetime = lifetime
    }
}

/// A header of a request.
public struct WarmHeader: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
