import HTTPTypes
import Hummingbird
import OrderedJSON

/// Keeps web pages out: the `Host` must be a name of this machine alone, so that no foreign name that points here gets
/// in, and an `Origin`, which browsers send along, must be the server's own. Where a browser says that another site asks,
/// it may only lead its user here.
struct LoopbackGuard<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let refusal = Self.refusal(host: request.head.authority, origin: request.headers[.origin]) {
            return .fault(refusal, status: .forbidden)
        }
        let site = request.headers[HTTPField.Name("Sec-Fetch-Site")!]
        let isVisit = request.method == .get && request.headers[HTTPField.Name("Sec-Fetch-Mode")!] == "navigate"
        if let site, !["same-origin", "none"].contains(site), !isVisit {
            return .fault("other sites may not ask: open the dashboard itself", status: .forbidden)
        }
        return try await next(request, context)
    }

    static func refusal(host authority: String?, origin: String?) -> String? {
        guard let authority, Self.isLoopback(authority) else {
            return "the Host header must name this machine: ask for 127.0.0.1 or localhost"
        }
        guard origin == nil || origin?.lowercased() == "http://\(authority.lowercased())" else {
            return "requests of web pages are refused: ask without an Origin header"
        }
        return nil
    }

    private static func isLoopback(_ authority: String) -> Bool {
        if LoopbackAddress.loopbackHost(authority) != nil { return true }
        guard let colon = authority.lastIndex(of: ":"), UInt16(authority[authority.index(after: colon)...]) != nil
        else {
            return false
        }
        return LoopbackAddress.loopbackHost(authority[..<colon]) != nil
    }
}

extension HTTPField.Name {
    fileprivate static var origin: HTTPField.Name { HTTPField.Name("origin")! }
}
