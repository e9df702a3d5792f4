import OrderedJSON
import PromptCache

/// What gets in the way of warming a request, and of sending it the same way twice.
enum SendingRules {
    static func check(_ subject: LintSubject) -> [Finding] {
        [zero(subject), tools(subject)].compactMap(\.self)
    }

    private static func zero(_ subject: LintSubject) -> Finding? {
        let request = subject.request
        let asksForNothing = request.maxTokens == 0
        let obstacle =
            request.obstacle(to: .zero) ?? (asksForNothing && request.isStreaming ? "stream refuses max_tokens 0" : nil)
        guard let obstacle else { return nil }
        let member = ["thinking", "output_config", "tool_choice", "compaction", "stream"].first(
            where: obstacle.hasPrefix)
        let offset = member.flatMap { request[$0]?.range.lowerBound } ?? 0
        if asksForNothing {
            return subject.finding(
                .maxTokensZero, .error, path: "max_tokens", at: request["max_tokens"]?.range.lowerBound ?? 0,
                "\(obstacle): the provider refuses the request",
                fix: "ask for at least one token, or leave \(member ?? "it") out of requests that only warm")
        }
        guard !subject.breakpoints.isEmpty else { return nil }
        return subject.finding(
            .maxTokensZero, .notice, path: member ?? "", at: offset,
            "\(obstacle), so that a ping of this request cannot ask for no output",
            fix: request.obstacle(to: .one) == nil
                ? "nothing, if pings may pay for one output token"
                : "use adaptive thinking if it is to be kept warm; never for the ping alone, which would be another prefix"
        )
    }

    private static func tools(_ subject: LintSubject) -> Finding? {
        let tools = subject.request.blocks.filter { $0.part == .tools }
        let names = tools.map { $0.node["name"]?.string ?? $0.type }
        guard let position = names.indices.dropFirst().first(where: { names[$0] < names[$0 - 1] }) else { return nil }
        return subject.finding(
            .unsortedTools, .notice, path: tools[position].path, at: tools[position].node.range.lowerBound,
            "tools are not sorted by name (\(names[position]) comes after \(names[position - 1])): an order out of a "
                + "dictionary or set changes between processes, and every prefix with it",
            fix: "sort them by name where the request is made")
    }
}
