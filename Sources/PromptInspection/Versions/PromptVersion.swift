public import PromptCache

/// One version of a prompt template: what it is called, which one it is, and its body.
public struct PromptVersion: Sendable {
    /// What the template is called: letters, digits, `-`, `_` and `.`.
    public let name: String
    /// Counted from 1 for each name.
    public let number: Int
    /// A body of `/v1/messages`.
    public let request: MessagesRequest

    public init(name: String, number: Int, request: MessagesRequest) {
        self.name = name
        self.number = number
        self.request = request
    }

    /// What tells two versions apart: the prefix up to the last breakpoint, or the whole prompt without one, and where its
    /// markers stand. White space, `max_tokens` and other things that the cache does not see make no new version.
    public static func identity(of request: MessagesRequest) -> String {
        let context = RequestContext()
        let key = (request.lastPrefix(in: context) ?? request.prefixesOfAllBlocks(in: context).last)?.key.hex ?? ""
        let markers = request.breakpoints.map { "\($0.path)/\($0.lifetime.rawValue)" }
        return ([key] + markers).joined(separator: " ")
    }

    /// The first digits of its prefix key, as people tell versions apart.
    public var shortHash: String { String(Self.identity(of: request).prefix(12)) }

    /// For example `support@3`.
    public var reference: String { "\(name)@\(number)" }
}

/// A version as people write it: `support`, which is the newest, or `support@3`.
public struct VersionReference: Sendable, Hashable {
    public var name: String
    /// Nil for the newest.
    public var number: Int?

    /// - Returns: nil for what is no reference.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, Self.isName(parts[0]) else { return nil }
        name = String(parts[0])
        guard parts.count == 2 else { return }
        guard let number = Int(parts[1]), number > 0 else { return nil }
        self.number = number
    }

    /// Whether a name of a template or of an environment can be this.
    public static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 100
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0)
            }
    }
}
