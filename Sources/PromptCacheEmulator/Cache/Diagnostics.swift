import OrderedJSON

/// Cache diagnostics: what a request says of an earlier one that it names by its message's id.
struct Diagnostics {
    /// What is kept of a request to compare others with.
    struct Trace {
        var model: String
        var hashes: [[UInt8]]
        var tokens: [Int]
        var parts: [EmulatedBlock.Part]

        init(_ request: EmulatedRequest, _ hashes: PromptHashes) {
            model = request.model
            self.hashes = hashes.ofBlocks
            tokens = request.tokenCounts
            parts = request.blocks.map(\.part)
        }
    }

    private var traces: [String: Trace] = [:]
    private var order: [String] = []

    private static let most = 1000

    mutating func keep(_ trace: Trace, as message: String) {
        traces[message] = trace
        order.append(message)
        if order.count > Self.most { traces[order.removeFirst()] = nil }
    }

    /// The response's `diagnostics` for a request that names a previous message.
    ///
    /// - Returns: a reason where the request departs from the previous one before that one ends; `unavailable` where it
    ///   does not and yet nothing was read; nothing where all is well.
    func reason(for trace: Trace, previous: String, read: Int) -> JSONOutput {
        guard let other = traces[previous] else { return Self.reason("previous_message_not_found", nil) }
        if other.model != trace.model { return Self.reason("model_changed", trace.tokens.reduce(0, +)) }
        let same = zip(trace.hashes, other.hashes).prefix { $0 == $1 }.count
        guard same < other.hashes.count else { return read > 0 ? .null : Self.reason("unavailable", nil) }
        let missed = trace.tokens[min(same, trace.tokens.count)...].reduce(0, +)
        switch other.parts[same] {
        case .tools: return Self.reason("tools_changed", missed)
        case .system: return Self.reason("system_changed", missed)
        case .messages: return Self.reason("messages_changed", missed)
        }
    }

    private static func reason(_ type: String, _ missed: Int?) -> JSONOutput {
        .object(
            [.init("type", .string(type))] + (missed.map { [.init("cache_missed_input_tokens", .integer($0))] } ?? []))
    }
}
