import HTTPTypes
import Hummingbird
import NIOCore
import OrderedJSON

/// A request's context with its connection, so that a fault can cut it.
struct EmulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// What the emulator answers to.
struct Routes: Sendable {
    let provider: Provider
    let configuration: EmulatorConfiguration

    /// The provider's limit of a body.
    static let largestBody = 32 << 20

    var router: Router<EmulatorContext> {
        let router = Router(context: EmulatorContext.self)
        let messages = MessagesEndpoint(provider: provider, configuration: configuration)
        // A region is an endpoint of its own, with a cache of its own.
        for path in ["/v1/messages", "/region/:region/v1/messages"] as [RouterPath] {
            router.post(path) { request, context in await messages.create(request, context) }
        }
        router.post("/v1/messages/count_tokens") { request, context in await messages.count(request, context) }
        router.get("/v1/models") { request, _ in await messages.models(request) }
        router.get("/v1/models/:id") { request, context in await messages.model(request, context) }
        ControlEndpoint(provider: provider, time: configuration.time).add(to: router)
        return router
    }
}

extension Response {
    /// JSON with an ordered body.
    static func json(_ value: JSONOutput, status: Int = 200, headers: [(String, String)] = []) -> Response {
        var fields: HTTPFields = [.contentType: "application/json"]
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(
            status: .init(code: status), headers: fields,
            body: .init(byteBuffer: ByteBuffer(string: value.text())))
    }
}

extension Request {
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
