import PromptCache

/// Markers that are missing, too many, in the wrong place or in the wrong order.
enum MarkerRules {
    static func check(_ subject: LintSubject) -> [Finding] {
        missing(subject) + misplaced(subject) + count(subject) + order(subject)
    }

    private static func missing(_ subject: LintSubject) -> [Finding] {
        guard subject.breakpoints.isEmpty, subject.request.blocks.allSatisfy({ $0.markers.isEmpty }) else { return [] }
        let whole = subject.tokens.last ?? 0
        return [
            subject.finding(
                .noMarker, .warning, "bears no cache_control, so nothing of it is cached",
                fix: #"mark the last block that requests share with "cache_control":{"type":"ephemeral"}"#,
                rewrites: whole >= subject.rules.minimumTokens ? whole : 0)
        ]
    }

    private static func misplaced(_ subject: LintSubject) -> [Finding] {
        subject.request.blocks.filter { !$0.markers.isEmpty && !$0.mayBearMarker }.flatMap { block in
            block.markers.map { marker in
                let what = block.type == "text" ? "empty text" : block.type
                return subject.finding(
                    .misplacedMarker, .error, path: marker.path, at: marker.range.lowerBound,
                    "a marker cannot stand on \(what): the provider refuses the request",
                    fix: block.type == "text" ? "mark a block that has text" : "mark the block before or after it")
            }
        }
    }

    private static func count(_ subject: LintSubject) -> [Finding] {
        let request = subject.request
        let markers = request.blocks.markers
        let explicit = Set(request.breakpoints.filter { !$0.isAutomatic }.map(\.block))
        let hasAutomatic = request.breakpoints.contains { $0.isAutomatic && !explicit.contains($0.block) }
        let count = markers.count + (hasAutomatic ? 1 : 0)
        let limit = subject.rules.maximumBreakpoints
        guard count > limit else { return [] }
        let excess =
            count > markers.count && markers.count <= limit ? request.automatic : markers.dropFirst(limit).first
        return [
            subject.finding(
                .tooManyMarkers, .error, path: excess?.path ?? "", at: excess?.range.lowerBound ?? 0,
                "bears \(count) markers where \(limit) are allowed: the provider refuses the request",
                fix: "remove \(count - limit); the last shared block of each part is worth one, the rest are not")
        ]
    }

    private static func order(_ subject: LintSubject) -> [Finding] {
        let request = subject.request
        var found: [Finding] = []
        // In the order of the prompt, with the automatic one where it lands.
        let landed = subject.breakpoints.filter(\.isAutomatic)
        let sequence = request.blocks.enumerated().flatMap { index, block in
            block.markers.map { ($0.path, $0.lifetime, $0.range.lowerBound) }
                + landed.filter { $0.block == index }.compactMap { mark in
                    request.automatic.map { ("cache_control", mark.lifetime, $0.range.lowerBound) }
                }
        }
        if let short = sequence.firstIndex(where: { $0.1 == .fiveMinutes }),
            let long = sequence[short...].first(where: { $0.1 == .oneHour })
        {
            found.append(
                subject.finding(
                    .lifetimeOrder, .error, path: long.0, at: long.2,
                    "a 1h marker comes after the 5m one at \(sequence[short].0): the provider refuses the request",
                    fix: "give both one lifetime, or put the 1h marker in front"))
        }
        if let automatic = request.automatic, landed.isEmpty,
            let block = request.blocks.last(where: \.mayBearMarker), let own = block.markedLifetime,
            own != automatic.lifetime
        {
            found.append(
                subject.finding(
                    .lifetimeOrder, .error, path: "cache_control", at: automatic.range.lowerBound,
                    "asks for \(automatic.lifetime.rawValue) where \(block.path) asks for \(own.rawValue): the provider "
                        + "refuses the request",
                    fix: "use one lifetime for both"))
        }
        return found
    }
}
