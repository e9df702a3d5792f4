import ArgumentParser
import CachePrices
import OrderedJSON
import PromptCache
import PromptInspection

/// A ``PromptDiff`` for people and programs.
struct DiffReport {
    let fileA: String
    let fileB: String
    let one: MessagesRequest
    let other: MessagesRequest
    private let diff: PromptDiff
    private let extra: USD?

    init(
        fileA: String, fileB: String, one: MessagesRequest, other: MessagesRequest, prices: PriceList,
        context: RequestContext = RequestContext()
    ) {
        self.fileA = fileA
        self.fileB = fileB
        self.one = one
        self.other = other
        let diff = PromptDiff(one, other, context: context)
        self.diff = diff
        let lifetime = other.breakpoints.last?.lifetime ?? .fiveMinutes
        extra = prices.price(of: other.model).map { diff.extraCost(at: $0, lifetime: lifetime) }
    }

    /// Prints it, and ends the command with the right code.
    func print(json: Bool) throws {
        if json { Terminal.print(report.text(pretty: true)) } else { printText() }
        if !diff.isSame { throw ExitCode(Failure.Code.notSo.rawValue) }
    }

    private var report: JSONOutput {
        [
            "same": .boolean(diff.isSame),
            "first_difference": diff.firstDifference.map(Self.report) ?? .null,
            "surviving": .array(diff.surviving.map { .string($0.key.hex) }),
            "lost": .array(diff.lost.map { .string($0.key.hex) }),
            "unseen": .array(diff.unseen.map(Self.report)),
            "rewritten_tokens": .integer(diff.rewrittenTokens),
            "extra_usd_per_request": .optional(extra?.decimal),
        ]
    }

    private static func report(_ difference: Difference) -> JSONOutput {
        [
            "part": .string(difference.part.rawValue), "path": .string(difference.path),
            "offset_a": .integer(difference.offsetA), "offset_b": .integer(difference.offsetB),
            "kind": .string(difference.kind.rawValue), "counts": .boolean(difference.counts),
        ]
    }

    private func printText() {
        guard let first = diff.firstDifference else {
            Terminal.print("\(Terminal.paint("same", .green)): byte for byte")
            return
        }
        if diff.isSame {
            Terminal.print("\(Terminal.paint("same", .green)) for the cache; what differs does not count:")
            for difference in diff.unseen.isEmpty ? [first] : diff.unseen {
                let place = difference.path.isEmpty ? "" : " at \(difference.path)"
                let why = diff.unseen.isEmpty ? ", behind the last breakpoint or where no breakpoint depends on it" : ""
                Terminal.print("  \(difference.kind.rawValue)\(place)\(why)")
            }
        } else {
            Terminal.print(
                "\(Terminal.paint("part", .yellow)) at \(first.path.isEmpty ? "the top level" : first.path): "
                    + "\(first.kind.rawValue)")
            Terminal.print("  \(fileA)\(place(first.offsetA, one))")
            Terminal.print("  \(fileB)\(place(first.offsetB, other))")
            if let advice = first.kind.advice { Terminal.print("  \(advice)") }
        }
        for prefix in diff.surviving { Terminal.print("  \(Terminal.paint("holds", .green))  \(line(prefix))") }
        for prefix in diff.lost { Terminal.print("  \(Terminal.paint("lost", .red))   \(line(prefix))") }
        if diff.rewrittenTokens > 0 {
            Terminal.print(
                "each such request writes about \(diff.rewrittenTokens) tokens that it could have read"
                    + (extra.map { ": \($0.short) more" } ?? " (no price is known for \(other.model))"))
        }
    }

    private func line(_ prefix: Prefix) -> String {
        "\(prefix.key.hex.prefix(16))  \(prefix.breakpoint.lifetime.rawValue)  ≈ \(prefix.size.estimatedTokens) tokens  "
            + prefix.breakpoint.path
    }

    /// Line and column, and the byte. No text of the prompt.
    private func place(_ offset: Int, _ request: MessagesRequest) -> String {
        let place = JSONFault(offset: offset, reason: "").lineAndColumn(in: request.bytes)
        return ":\(place.line):\(place.column) (byte \(offset))"
    }
}
