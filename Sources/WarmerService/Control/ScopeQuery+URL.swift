import Hummingbird
import PromptCacheWarmer

/// What is wrong with a request, for whoever sent it.
struct RequestRefusal: Error {
    var message: String
}

extension ScopeQuery {
    /// `?search=TEXT&state=STATE&order=ORDER&offset=N&limit=N`; all scopes by name of urgency unless told otherwise.
    init(_ parameters: Parameters) throws(RequestRefusal) {
        var state: ScopeState?
        if let text = parameters["state"], !text.isEmpty {
            guard let known = ScopeState(rawValue: String(text)) else {
                let names = ScopeState.allCases.map(\.rawValue).joined(separator: ", ")
                throw RequestRefusal(message: "state: '\(text)' is none: there are \(names)")
            }
            state = known
        }
        let order: Order
        switch parameters["order"] ?? "urgency" {
        case "urgency": order = .urgency
        case "spending": order = .spending
        case let text: throw RequestRefusal(message: "order: '\(text)' is none: there are urgency, spending")
        }
        self.init(
            search: String(parameters["search"] ?? ""), state: state, order: order,
            offset: try parameters.integer("offset", in: 0...10_000_000) ?? 0,
            limit: try parameters.integer("limit", in: 0...1_000_000) ?? 1_000_000)
    }
}

extension Parameters {
    /// - Returns: nil where it is not given.
    func integer(_ name: Substring, in range: ClosedRange<Int>) throws(RequestRefusal) -> Int? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw RequestRefusal(
                message: "\(name): '\(text)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
