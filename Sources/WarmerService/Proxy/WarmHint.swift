import NIOHTTP1
import WarmingPolicies

/// What a client asks for with `x-prompt-cache-warmer`, which goes no further than the proxy.
enum WarmHint: Equatable, Sendable {
    /// Hold this scope for so long, whatever the policy says.
    case keep(Duration)
    /// Let go of this scope now.
    case drop
    /// Do not warm because of this request.
    case off

    static let header = "x-prompt-cache-warmer"

    /// - Returns: nil for none; also for what is not understood, with the reason in `complaint`.
    init?(_ headers: HTTPHeaders, complaint: inout String?) {
        guard let text = headers.first(name: Self.header) else { return nil }
        switch text {
        case "drop": self = .drop
        case "off": self = .off
        default:
            guard text.hasPrefix("keep="), let time = Self.duration(text.dropFirst(5)), time <= Self.longest else {
                complaint = "the hint is not known: write keep=2h (at most 24h), drop or off"
                return nil
            }
            self = .keep(time)
        }
    }

    private static let longest = Duration.seconds(24 * 3600)

    private static func duration(_ text: Substring) -> Duration? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), (1...86400).contains(count)
        else { return nil }
        return .seconds(count * unit)
    }
}
