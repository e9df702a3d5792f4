import OrderedJSON

extension MessagesRequest {
    /// The same request with another `max_tokens` and no `stream`; all other bytes as they are.
    ///
    /// - Parameter maxTokens: 0 or 1 for a ping.
    public func replay(maxTokens: Int) -> [UInt8] {
        let root = text.root
        return text.splicing(
            root.setting("max_tokens", to: String(maxTokens)) + root.removingMembers { $0.hasKey("stream") })
    }

    /// The same request as a stream, for a ping that is closed when the response begins.
    public func replayStreaming() -> [UInt8] {
        text.splicing(text.root.setting("stream", to: "true"))
    }

    /// The body of a ping on a rung.
    public func replay(on rung: Rung) -> [UInt8] {
        switch rung {
        case .zero: replay(maxTokens: 0)
        case .one: replay(maxTokens: 1)
        case .streamAndClose: replayStreaming()
        }
    }
}
