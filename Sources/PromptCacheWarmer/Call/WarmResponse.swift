public import PromptCache

/// What came back for a ``WarmRequest``, good or bad.
public struct WarmResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The tokens that were billed; nil where the response bears none.
    public var usage: Usage?
    /// The provider's error.
    public var error: ProviderError?
    /// Seconds to wait and other advice of the provider.
    public var advice: RetryAdvice
    /// The workspace that answered, from `anthropic-workspace-id`.
    public var workspace: String?
    /// How near rate limits are; nil where the response does not say.
    public var limits: LimitReading?

    /// Whether nobody can have billed it: it was refused, or the provider itself says that it failed. A gateway's 502 says
    /// nothing of what became of the request behind it.
    var isSurelyUnbilled: Bool { status < 500 || status == 529 || error != nil }

    public init(
        status: Int, usage: Usage? = nil, error: ProviderError? = nil, advice: RetryAdvice = RetryAdvice(),
        workspace: String? = nil, limits: LimitReading? = nil
    ) {
        self.status = status
        self.usage = usage
        self.error = error
        self.advice = advice
        self.workspace = workspace
        self.limits = limits
    }
}

/// What a response's headers say about trying again.
public struct RetryAdvice: Hashable, Sendable {
    /// From `retry-after-ms` or `retry-after`.
    public var delay: Duration?
    /// From `x-should-retry`.
    public var shouldRetry: Bool?

    public init(delay: Duration? = nil, shouldRetry: Bool? = nil) {
        self.delay = delay
        self.shouldRetry = shouldRetry
    }

    /// Reads the headers of a response.
    ///
    /// - Parameter header: the value of a header by its lower-case name.
    public init(header: (String) -> String?) {
        let milliseconds = header("retry-after-ms").flatMap { Double($0) }
        let seconds = header("retry-after").flatMap { Double($0) }
        // Absurd waits would overflow a Duration; a day is as good as never here.
        let wanted = (milliseconds.map { $0 / 1000 } ?? seconds).map { min(max($0, 0), 86400) }
        delay = wanted.flatMap { $0.isNaN ? nil : Duration.seconds($0) }
        shouldRetry = header("x-should-retry").flatMap { Bool($0.lowercased()) }
    }
}
