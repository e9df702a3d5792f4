import OrderedJSON

/// What stands around a request and decides whose cache it meets.
public struct RequestContext: Hashable, Sendable {
    /// Where it is sent, for example `https://api.anthropic.com`. Another endpoint or region is another cache.
    public var endpoint: String
    /// The values of its `anthropic-beta` headers, in any order.
    public var betas: Set<String>
    /// Whether the same prefix under another lifetime is another entry, as measured by `warmer probe`.
    public var separatesLifetimes: Bool

    public init(
        endpoint: String = "https://api.anthropic.com", betas: Set<String> = [], separatesLifetimes: Bool = false
    ) {
        self.endpoint = endpoint
        self.betas = betas
        self.separatesLifetimes = separatesLifetimes
    }
}

/// A part of a request up to and including a breakpoint.
public struct Prefix: Hashable, Sendable {
    /// Where it ends.
    public let breakpoint: Breakpoint
    /// Who shares it.
    public let key: PrefixKey
    /// How large it can be.
    public let size: PromptSize
}

extension MessagesRequest {
    /// The prefixes that this request reads and writes, in order, one for each breakpoint.
    ///
    /// A key covers, in this order: the endpoint, the beta headers, the model and every top-level setting that is not
    /// known to leave the cache alone (sorted by name); the tools; `speed` and whether citations are on, which decide over
    /// system and messages; the system blocks; `tool_choice` and whether there is an image, which decide over messages;
    /// the messages with their roles. `max_tokens`, `stream`, `metadata`, `diagnostics`, the markers themselves, white
    /// space and the order of top-level members do not count.
    public func prefixes(in context: RequestContext) -> [Prefix] { prefixes(in: context, at: breakpoints) }

    /// What ``prefixes(in:)`` would say if every block bore a marker: how far two requests are one, whatever is marked.
    package func prefixesOfAllBlocks(in context: RequestContext) -> [Prefix] {
        let everywhere = blocks.indices.map {
            Breakpoint(block: $0, path: blocks[$0].path, lifetime: .fiveMinutes, isAutomatic: false)
        }
        return prefixes(in: context, at: everywhere)
    }

    private func prefixes(in context: RequestContext, at breakpoints: [Breakpoint]) -> [Prefix] {
        guard let last = breakpoints.last else { return [] }
        var remaining = breakpoints[...]
        var found: [Prefix] = []
        walk(from: start(in: context, keys: .lasting), through: last.block) { index, hash, size in
            if remaining.first?.block == index {
                found.append(Prefix(breakpoint: remaining.removeFirst(), key: hash.key, size: size))
            }
        }
        return found
    }

    /// A place between two blocks, with what was hashed and counted in front of it.
    struct Stop: Sendable {
        /// The message that ends here; -1 in front of the first.
        var message: Int
        /// The block that ends here; -1 in front of the first.
        var block: Int
        var hash: CanonicalHash
        var size: PromptSize
    }

    /// In front of the tools.
    func start(in context: RequestContext, keys kind: PrefixKey.Kind) -> Stop {
        var hash = CanonicalHash(kind)
        appendHead(context, to: &hash)
        hash.endPiece()
        var size = PromptSize()
        size.add(settingsOf: self)
        return Stop(message: -1, block: -1, hash: hash.settled, size: size)
    }

    /// Hashes block by block, and shows the hash and the size behind each.
    ///
    /// - Parameter stop: where to go on from, in a request that is the same up to there.
    func walk(
        from stop: Stop, through last: Int, _ visit: (_ block: Int, CanonicalHash, PromptSize) -> Void
    ) {
        var (hash, size, message) = (stop.hash, stop.size, stop.message)
        let table = blocks.table
        var part = stop.message >= 0 ? .messages : stop.block >= 0 ? table.records[stop.block].part : PromptPart.tools
        for index in stop.block + 1..<max(stop.block, last) + 1 {
            let block = table.records[index]
            while part < block.part { part = enter(after: part, &hash) }
            // Also those without a block, though the provider refuses them nearly everywhere.
            while let position = block.message, message < position {
                message += 1
                append(table.messages[message], to: &hash)
            }
            hash.append(
                block: text.node(at: block.node), isToolResult: block.kind == .toolResult,
                bearsMarker: block.traits.contains(.bearsMarker))
            size.add(blockAt: index, of: self)
            hash.endPiece()
            visit(index, hash, size)
        }
    }

    /// The last and longest prefix; nil for a request without a breakpoint.
    public func lastPrefix(in context: RequestContext) -> Prefix? { prefixes(in: context).last }

    private func appendHead(_ context: RequestContext, to hash: inout CanonicalHash) {
        hash.append(tag: "prefix1")
        hash.append(string: context.endpoint)
        for beta in context.betas.sorted() {
            hash.append(tag: "b")
            hash.append(string: beta)
        }
        hash.append(tag: "m")
        hash.append(string: model.name)
        if context.separatesLifetimes {
            for lifetime in Set(breakpoints.map(\.lifetime)).sorted() { hash.append(string: lifetime.rawValue) }
        }
        let settings = text.root.members.filter { !Self.notInHead.contains($0.name) }
            .sorted { $0.key.decodedBytes.lexicographicallyPrecedes($1.key.decodedBytes) }
        for setting in settings {
            hash.append(setting.key)
            hash.append(setting.value)
        }
        hash.append(tag: "T")
    }

    /// The role, and whatever else a message may have besides its content.
    private func append(_ message: PromptBlocks.Message, to hash: inout CanonicalHash) {
        if message.isPlain {
            // Nearly all are one of these.
            if text.isString(at: message.role, "user") { return hash.append(tag: #"m"role""user""#) }
            if text.isString(at: message.role, "assistant") { return hash.append(tag: #"m"role""assistant""#) }
        }
        hash.append(tag: "m")
        var key = message.node + 1
        let end = text.place(behind: message.node)
        while key < end {
            if !text.isString(at: key, "content") { hash.append(text.member(at: key)) }
            key = text.place(behind: key + 1)
        }
    }

    private func enter(after part: PromptPart, _ hash: inout CanonicalHash) -> PromptPart {
        switch part {
        case .tools:
            hash.append(tag: "S")
            appendSetting("speed", to: &hash)
            hash.append(tag: traits.contains(.citations) ? "c" : "-")
            return .system
        case .system, .messages:
            hash.append(tag: "M")
            appendSetting("tool_choice", to: &hash)
            hash.append(tag: traits.contains(.image) ? "i" : "-")
            return .messages
        }
    }

    private func appendSetting(_ name: String, to hash: inout CanonicalHash) {
        if let value = self[name] { hash.append(value) } else { hash.append(tag: "-") }
    }

    /// Members that are hashed elsewhere, or that leave the cache alone.
    private static let notInHead = unseenMembers.union([
        "model", "tools", "system", "messages", "speed", "tool_choice", "cache_control",
    ])

    /// Top-level members that leave the cache alone.
    package static let unseenMembers: Set<String> = ["max_tokens", "stream", "metadata", "diagnostics"]
}
