import HTTPTypes
import Hummingbird

/// Lets pass only requests that bear the token: what changes state or costs money stands behind it.
struct TokenGuard<Context: RequestContext>: RouterMiddleware {
    let token: ControlToken
    let tokenFile: String

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard token.isBorne(by: request.headers[.authorization]) else {
            var refusal = Response.fault(
                "this needs the token in \(tokenFile): send it as Authorization: Bearer TOKEN", status: .unauthorized)
            refusal.headers[.wwwAuthenticate] = "Bearer"
            return refusal
        }
        return try await next(request, context)
    }
}
