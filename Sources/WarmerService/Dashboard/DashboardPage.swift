import Foundation
import Hummingbird
import PromptCacheWarmer

/// What a visitor looks at.
enum DashboardPage: Hashable, Sendable {
    case now(ScopeQuery)
    case money
    case history
    case misses
    /// Only where there is one.
    case fleet
    case whatIf
    case scope(String)

    /// How many scopes a page lists: its size does not depend on how many there are.
    static let scopesListed = 50

    /// The page that `/live` is to follow: `?page=now&search=…`.
    init(_ parameters: Parameters) throws(RequestRefusal) {
        switch parameters["page"] ?? "now" {
        case "now": self = .now(try Self.query(parameters))
        case "money": self = .money
        case "history": self = .history
        case "misses": self = .misses
        case "fleet": self = .fleet
        case "whatif": self = .whatIf
        case "scope": self = .scope(String(parameters["name"] ?? ""))
        case let other: throw RequestRefusal(message: "page: there is no '\(other)'")
        }
    }

    static func query(_ parameters: Parameters) throws(RequestRefusal) -> ScopeQuery {
        var query = try ScopeQuery(parameters)
        query.limit = scopesListed
        return query
    }

    var name: String {
        switch self {
        case .now: "now"
        case .money: "money"
        case .history: "history"
        case .misses: "misses"
        case .fleet: "fleet"
        case .whatIf: "whatif"
        case .scope: "scope"
        }
    }

    var title: String {
        switch self {
        case .scope(let name): name
        case .whatIf: "What if"
        default: name.prefix(1).uppercased() + name.dropFirst()
        }
    }

    /// Whether anything of it comes from the ledger.
    var showsLedger: Bool {
        switch self {
        case .money, .history, .misses: true
        case .now, .fleet, .whatIf, .scope: false
        }
    }

    /// Where its changes come from.
    var liveURL: String {
        switch self {
        case .now(let query): "/live?page=now&\(query.parameters(offset: query.offset))"
        case .scope(let scope): "/live?page=scope&name=\(scope)"
        default: "/live?page=\(name)"
        }
    }
}

extension ScopeQuery {
    /// The query as a URL's, at another offset.
    func parameters(offset: Int) -> String {
        let text = search.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "search=\(text)&state=\(state?.rawValue ?? "")&offset=\(offset)"
    }
}
