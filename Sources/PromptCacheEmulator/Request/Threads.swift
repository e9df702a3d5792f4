import OrderedJSON

/// Message threads: conversations that the provider keeps, so that a request of a continued one is a delta.
///
/// `{"type": "start"}` begins one and `{"type": "continue", "id": …}` goes on with it; the response's `thread` bears the id.
/// What is documented is the kind `continue`, and that its body is a delta; the rest is a guess.
struct Threads {
    /// The messages so far by thread, as the inside of a JSON array.
    private var messages: [String: [UInt8]] = [:]
    private var order: [String] = []

    private static let most = 1000

    /// What a request's `thread` member asks for.
    enum Wish {
        case start
        case goOn(String)

        init?(_ body: [UInt8]) throws(APIError) {
            guard let thread = (try? JSONText(body))?.root["thread"], thread.kind != .null else { return nil }
            switch thread["type"]?.string {
            case "start": self = .start
            case "continue":
                guard let id = thread["id"]?.string else { throw .invalid("thread.id: Field required") }
                self = .goOn(id)
            default: throw .invalid("thread.type: Input should be 'start' or 'continue'")
            }
        }
    }

    /// The whole request that a delta stands for.
    func whole(_ body: [UInt8], _ wish: Wish) throws(APIError) -> [UInt8] {
        guard case .goOn(let id) = wish else { return body }
        guard let before = messages[id] else {
            throw APIError(status: 404, type: "not_found_error", message: "thread: \(id)")
        }
        guard let text = try? JSONText(body), let own = text.root["messages"], own.kind == .array else { return body }
        let place = own.range.lowerBound + 1
        return text.splicing([Splice(place..<place, with: before + (own.isEmpty ? [] : [UInt8(ascii: ",")]))])
    }

    /// Keeps a thread as it is after a response.
    mutating func keep(_ id: String, _ request: EmulatedRequest, answer: String) {
        guard let own = request.root["messages"] else { return }
        var inside = Array(own.bytes.dropFirst().dropLast())
        if !answer.isEmpty {
            let reply: JSONOutput = ["role": "assistant", "content": .string(answer)]
            inside += Array(",".utf8) + Array(reply.text().utf8)
        }
        if messages.updateValue(inside, forKey: id) == nil { order.append(id) }
        if order.count > Self.most { messages[order.removeFirst()] = nil }
    }
}
