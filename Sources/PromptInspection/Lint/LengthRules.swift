import OrderedJSON
import PromptCache

/// Prefixes too short to be cached, and markers too far from what was written before.
enum LengthRules {
    static func check(_ subject: LintSubject) -> [Finding] {
        minimum(subject) + [lookback(subject)].compactMap(\.self)
    }

    private static func minimum(_ subject: LintSubject) -> [Finding] {
        let minimum = subject.rules.minimumTokens
        let prefixes = subject.request.prefixes(in: RequestContext())
        return prefixes.compactMap { prefix in
            let tokens = prefix.size.estimatedTokens
            let isSure = prefix.size.isSurelyBelow(minimum)
            guard isSure || !prefix.size.hasMedia && tokens < minimum else { return nil }
            let block = subject.request.blocks[prefix.breakpoint.block]
            let isLast = prefix.breakpoint == prefixes.last?.breakpoint
            return subject.finding(
                .belowMinimum, isSure && isLast ? .error : .warning, path: prefix.breakpoint.path,
                at: block.node.range.lowerBound,
                "the prefix up to here has \(isSure ? "surely fewer" : "about \(tokens)") tokens"
                    + "\(isSure ? " than" : ", and") \(subject.request.model) caches none below \(minimum)",
                fix: isLast
                    ? "leave the marker out, or share a longer prefix"
                    : "leave this marker out: the later ones do its work")
        }
    }

    /// A read from the last breakpoint looks back 20 positions, and the request before wrote up to where its own messages
    /// ended. What this turn has added may be longer than that.
    private static func lookback(_ subject: LintSubject) -> Finding? {
        let request = subject.request
        guard let last = subject.breakpoints.last, let message = request.blocks[last.block].message else { return nil }
        let turn = previousEnd(of: request, before: message)
        guard let written = turn ?? subject.breakpoints.dropLast().last?.block else { return nil }
        let positions = request.lookbackPositions
        let limit = subject.rules.lookback
        let distance = positions[last.block] - positions[written]
        let behind = subject.breakpoints.filter { $0.block > written || turn != nil && $0.block == written }
        guard distance >= limit, !behind.contains(where: { positions[$0.block] - positions[written] < limit }) else {
            return nil
        }
        let from = request.blocks[written].path
        return subject.finding(
            .lookbackExceeded, turn == nil ? .notice : .warning, path: last.path,
            at: request.blocks[last.block].node.range.lowerBound,
            "\(distance) positions lie between \(from) and this marker, and a read looks back \(limit): "
                + (turn == nil
                    ? "a request that shares only some of them finds nothing in between"
                    : "it does not find what the request before has written"),
            fix: "mark a block at most \(limit - 1) positions behind \(from) too",
            rewrites: subject.tokens[written]
                - (subject.breakpoints.last { $0.block <= written }.map { subject.tokens[$0.block] } ?? 0),
            lifetime: last.lifetime)
    }

    /// Where the request before this one ended: at the last block of the user's, in front of the assistant's last answer.
    private static func previousEnd(of request: MessagesRequest, before message: Int) -> Int? {
        let earlier = request.blocks.indices.filter { (request.blocks[$0].message ?? message) < message }
        guard let answer = earlier.last(where: { request.blocks[$0].role == "assistant" }) else { return nil }
        return request.blocks[...answer].lastIndex { $0.message != nil && $0.role != "assistant" }
    }
}
