import PromptCache

/// How an upstream lets itself be asked for no output: climbed once, remembered after.
///
/// A state machine without effects: the pinging asks for a rung, and tells what became of it.
struct Ladder: Sendable {
    /// What a rung is remembered for.
    struct Key: Hashable, Sendable {
        var endpoint: String
        var model: String
        var thinking: String
    }

    /// Whether closing a stream at its first event may be tried; what that bills is undocumented.
    var mayClose: Bool
    private var lowest: [Key: Rung] = [:]

    init(mayClose: Bool) { self.mayClose = mayClose }

    /// The lowest rung that this request may succeed on.
    ///
    /// - Parameter floor: what lies below is known to be of no use.
    /// - Returns: nil with nothing left to try.
    func rung(for request: MessagesRequest, _ key: Key, from floor: Rung = .zero) -> Rung? {
        Rung.allCases.first { rung in
            rung >= max(lowest[key, default: .zero], floor) && request.obstacle(to: rung) == nil
                && (rung != .streamAndClose || mayClose)
        }
    }

    /// Takes the next rung for this request only.
    func rung(above rung: Rung, for request: MessagesRequest) -> Rung? {
        Rung.allCases.first {
            $0 > rung && request.obstacle(to: $0) == nil && ($0 != .streamAndClose || mayClose)
        }
    }

    /// A rung worked after the one below was refused: from now on this upstream starts here.
    mutating func remember(_ rung: Rung, for key: Key) { lowest[key] = rung }

    /// Why nothing is left to try.
    func refusal(of request: MessagesRequest) -> String {
        let obstacle =
            request.obstacle(to: .one) ?? request.obstacle(to: .zero) ?? "the upstream refuses max_tokens 0 and 1"
        return mayClose
            ? obstacle : "\(obstacle); only closing the stream early could ping it, which is not switched on"
    }
}
