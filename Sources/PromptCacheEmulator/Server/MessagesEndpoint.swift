import HTTPTypes
import Hummingbird
import NIOCore
import OrderedJSON
import SteppedTime

/// `/v1/messages`, `/v1/messages/count_tokens` and `/v1/models`.
struct MessagesEndpoint: Sendable {
    let provider: Provider
    let configuration: EmulatorConfiguration

    private static let organization = "00000000-0000-4000-8000-000000000000"

    // MARK: Messages

    func create(_ request: Request, _ context: EmulatorContext) async -> Response {
        let time = configuration.time
        let participant = request.header("x-emulator-participant")
        // An outsider cannot hold time for its own request, so the request does.
        if participant == nil { time.hold() }
        defer { if participant == nil { time.release() } }
        let start = time.now
        let id = provider.newID("req_emu")
        do {
            let caller = try Caller(request)
            let body = try await Self.body(of: request)
            var record = Provider.Record(
                id: id, at: start, workspace: caller.workspace, path: request.uri.path, status: 200,
                usage: EmulatedUsage(), body: body, headers: Self.readable(request.headers))
            let decision = provider.begin(body, workspace: caller.workspace, betas: caller.betas, now: start)
            if decision.delay > .zero {
                // What cancels it is the client that has gone; there is nobody to answer then.
                try? await time.sleep(
                    until: start + decision.delay, pulls: true, participant: participant == "local" ? nil : participant)
            }
            if decision.cutBefore {
                try? await context.channel.close()
                return Response(status: .internalServerError)
            }
            switch decision.answer {
            case .failure(let error):
                record.status = error.status
                provider.record(record)
                return Self.failure(error, id: id, workspace: caller.workspace)
            case .success(let answer):
                provider.commit(answer, now: time.now)
                record.usage = answer.plan.usage
                provider.record(record)
                return respond(answer, id: id, caller.workspace, cut: decision.cutMid ? context.channel : nil)
            }
        } catch {
            return Self.failure(error, id: id, workspace: nil)
        }
    }

    private func respond(_ answer: Provider.Answer, id: String, _ workspace: String, cut: (any Channel)?) -> Response {
        let message = MessageWriter(id: provider.newID("msg_emu"), answer: answer)
        var headers = Self.headers(id: id, workspace: workspace)
        guard answer.request.isStreaming else { return .json(message.whole, headers: headers) }
        headers.append(("cache-control", "no-cache"))
        let events = message.events
        var response = Response.json(.null, headers: headers)
        response.headers[.contentType] = "text/event-stream; charset=utf-8"
        response.body = ResponseBody { writer in
            for (position, event) in events.enumerated() {
                if let cut, position == events.count / 2 {
                    try await cut.close()
                    return
                }
                try await writer.write(ByteBuffer(string: event))
            }
            try await writer.finish(nil)
        }
        return response
    }

    // MARK: Counting and models

    func count(_ request: Request, _ context: EmulatorContext) async -> Response {
        await answering(request) { caller, id in
            let parsed = try EmulatedRequest(try await Self.body(of: request), counts: true)
            return .json(
                ["input_tokens": .integer(parsed.tokens)], headers: Self.headers(id: id, workspace: caller.workspace))
        }
    }

    func models(_ request: Request) async -> Response {
        await answering(request) { caller, id in
            let ids = ModelCatalogue.ids
            return .json(
                [
                    "data": .array(ids.map(Self.model)), "has_more": false, "first_id": .optional(ids.first),
                    "last_id": .optional(ids.last),
                ], headers: Self.headers(id: id, workspace: caller.workspace))
        }
    }

    func model(_ request: Request, _ context: EmulatorContext) async -> Response {
        await answering(request) { caller, id in
            let name = context.parameters.get("id") ?? ""
            guard ModelCatalogue.minimum(of: name) != nil else {
                throw APIError(status: 404, type: "not_found_error", message: "model: \(name)")
            }
            return .json(Self.model(name), headers: Self.headers(id: id, workspace: caller.workspace))
        }
    }

    private static func model(_ id: String) -> JSONOutput {
        [
            "type": "model", "id": .string(id), "display_name": .string(id),
            "created_at": "2026-01-01T00:00:00Z",
        ]
    }

    private func answering(
        _ request: Request, _ body: (Caller, String) async throws -> Response
    ) async -> Response {
        let id = provider.newID("req_emu")
        do {
            return try await body(try Caller(request), id)
        } catch {
            return Self.failure(error, id: id, workspace: nil)
        }
    }

    // MARK: The wire

    private static func body(of request: Request) async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: Routes.largestBody)
            return Array(buffer.readableBytesView)
        } catch {
            throw APIError.status(413)
        }
    }

    private static func headers(id: String, workspace: String?) -> [(String, String)] {
        [("request-id", id), ("anthropic-organization-id", organization)]
            + (workspace.map { [("anthropic-workspace-id", $0)] } ?? [])
    }

    private static func failure(_ error: any Error, id: String, workspace: String?) -> Response {
        let error = error as? APIError ?? .status(500)
        var headers = headers(id: id, workspace: workspace)
        if let seconds = error.retryAfter {
            headers.append(("retry-after", seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)))
        }
        let body: JSONOutput = [
            "type": "error", "error": ["type": .string(error.type), "message": .string(error.message)],
            "request_id": .string(id),
        ]
        return .json(body, status: error.status, headers: headers)
    }

    /// Headers to be read back; credentials are left out.
    private static func readable(_ fields: HTTPFields) -> [(String, String)] {
        fields.filter { !["x-api-key", "authorization"].contains($0.name.canonicalName) }
            .map { ($0.name.canonicalName, $0.value) }
    }
}
