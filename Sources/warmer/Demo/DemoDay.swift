import Foundation
import OrderedJSON
import SteppedTime

/// The day that every strategy of the demonstration lives through: three prompts and who uses them when.
struct DemoDay {
    struct Prompt {
        var name: String
        /// Words of its system prompt.
        var words: Int
        /// The hours in which it is used.
        var hours: Range<Double>
        /// The idle time between two bursts in minutes, drawn evenly on a logarithmic scale.
        var idleMinutes: ClosedRange<Double>
    }

    struct Arrival {
        var at: Duration
        var prompt: Int
    }

    static let model = "claude-sonnet-5-5"
    static let length = Duration.seconds(24 * 3600)

    private static let prompts = [
        Prompt(name: "support bot", words: 3000, hours: 7..<22, idleMinutes: 3...40),
        Prompt(name: "coding agent", words: 5000, hours: 9..<18.5, idleMinutes: 4...25),
        Prompt(name: "night reports", words: 1800, hours: 0..<24, idleMinutes: 30...180),
    ]
    let prompts = Self.prompts
    let arrivals: [Arrival]

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        arrivals = Self.prompts.indices.flatMap { Self.arrivals(of: $0, &random) }.sorted { $0.at < $1.at }
    }

    /// Bursts of a few requests some seconds apart, with idle gaps between them.
    private static func arrivals(of index: Int, _ random: inout SeededRandom) -> [Arrival] {
        let prompt = prompts[index]
        var arrivals: [Arrival] = []
        var seconds = prompt.hours.lowerBound * 3600 + Double.random(in: 0..<600, using: &random)
        while seconds < prompt.hours.upperBound * 3600 {
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                arrivals.append(Arrival(at: .milliseconds(Int(seconds * 1000)), prompt: index))
                seconds += Double.random(in: 8..<120, using: &random)
            }
            let logarithms = log(prompt.idleMinutes.lowerBound)...log(prompt.idleMinutes.upperBound)
            seconds += 60 * exp(Double.random(in: logarithms, using: &random))
        }
        return arrivals
    }

    /// A body with the prompt's breakpoint and a question behind it.
    func body(of index: Int, question: Int) -> [UInt8] {
        let prompt = prompts[index]
        let text = (0..<prompt.words).map { "rule\($0 % 97)" }.joined(separator: " ")
        let system = String(decoding: "\(prompt.name): \(text)".jsonLiteral, as: UTF8.self)
        return Array(
            """
            {"model":"\(Self.model)","max_tokens":12,"system":[{"type":"text","text":\(system),\
            "cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Question \(question)?"}]}
            """.utf8)
    }
}
