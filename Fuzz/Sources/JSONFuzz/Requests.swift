import Invariant
import OrderedJSON
import PromptCache

func checkRequest(_ request: MessagesRequest) {
    let prefixes = request.prefixes(in: RequestContext())
    always(prefixes.map(\.breakpoint) == request.breakpoints, "every breakpoint ends a prefix")
    checkReplay(request, prefixes)
    for prefix in prefixes { checkCut(request, prefix) }
    let rules = CacheRules(for: request.model)
    if let marked = try? request.placingBreakpoints(1, rules: rules) {
        always(parse(marked).breakpoints.count == prefixes.count + 1, "a breakpoint placed is one more")
    }
}

private func parse(_ bytes: [UInt8]) -> MessagesRequest {
    never("not a request: \(String(decoding: bytes, as: UTF8.self))") { try MessagesRequest(bytes) }
}

private func checkReplay(_ request: MessagesRequest, _ prefixes: [Prefix]) {
    let bytes = request.replay(maxTokens: 0)
    let again = parse(bytes)
    always(again.maxTokens == 0 && !again.isStreaming, "a replay asks for nothing")
    always(again.prefixes(in: RequestContext()).map(\.key) == prefixes.map(\.key), "a replay has the same prefixes")
    always(again.replay(maxTokens: 0) == bytes, "a replay of a replay is itself")
    let streaming = parse(request.replayStreaming())
    always(streaming.isStreaming, "a stream is one")
    always(streaming.prefixes(in: RequestContext()).map(\.key) == prefixes.map(\.key), "a stream has the same prefixes")
}

private func checkCut(_ request: MessagesRequest, _ prefix: Prefix) {
    guard let bytes = try? request.truncated(after: prefix.breakpoint) else { return }
    let cut = parse(bytes)
    always(
        cut.lastPrefix(in: RequestContext())?.key == prefix.key,
        "a cut keeps its prefix: \(String(decoding: bytes, as: UTF8.self))")
}
