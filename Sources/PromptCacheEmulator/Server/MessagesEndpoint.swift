import BodyCodings
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
            let caller = try Caller(request, region: context.parameters.get("region"))
            let body = try await Self.body(of: request)
            var record = Provider.Record(
                id: id, at: start, workspace: caller.workspace, path: request.uri.path, status: 200,
                usage: EmulatedUsage(), body: body, headers: Self.readable(request.headers))
            let decision = provider.begin(body, from: caller, now: start)
            record.faults = decision.faults
            if decision.delay > .zero {
                // What cancels it is the client that has gone; there is nobody to answer then.
                try? await time.sleep(
                    until: start + decision.delay, pulls: true, participant: participant == "local" ? nil : participant)
            }
            if decision.cut == .before {
                record.status = 0
                provider.record(record)
                try? await context.channel.close()
                return Response(status: .internalServerError)
            }
            let headers = Self.headers(id: id, workspace: caller.workspace) + decision.limitHeaders
            switch decision.answer {
            case .failure(let error):
                record.status = error.status
                provider.record(record)
                return Self.failure(error, id: id, headers: headers)
            case .success(let answer):
                provider.commit(answer, now: time.now)
                record.usage = answer.plan.usage
                provider.record(record)
                return Self.respond(answer, decision, headers, context.channel)
            }
        } catch {
            return Self.failure(error, id: id, headers: Self.headers(id: id, workspace: nil))
        }
    }

    private static func respond(
        _ answer: Provider.Answer, _ decision: Provider.Decision, _ headers: [(String, String)], _ channel: any Channel
    ) -> Response {
        let message = MessageWriter(answer: answer)
        guard answer.request.isStreaming else {
            var response = Response.json(message.whole, headers: headers)
            if decision.cut == .mid {
                let text = message.whole.text()
                response.body = sending([String(text.prefix(text.count / 2)), ""], thenCutting: channel)
            }
            return response
        }
        var events = message.events
        if let type = decision.streamError {
            events = events.prefix(events.count / 2) + [MessageWriter.errorEvent(type: type)]
        }
        if decision.cut == .mid { events = Array(events.prefix(events.count / 2)) }
        var response = Response.json(.null, headers: headers + [("cache-control", "no-cache")])
        response.headers[.contentType] = "text/event-stream; charset=utf-8"
        response.body = sending(events, thenCutting: decision.cut == .mid ? channel : nil)
        return response
    }

    /// A body in pieces, after which the connection may be cut so that it stays unfinished.
    private static func sending(_ pieces: [String], thenCutting channel: (any Channel)?) -> ResponseBody {
        ResponseBody { writer in
            for piece in pieces { try await writer.write(ByteBuffer(string: piece)) }
            if let channel { try await channel.close() } else { try await writer.finish(nil) }
        }
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
            return try await body(try Caller(request, region: nil), id)
        } catch {
            return Self.failure(error, id: id, headers: Self.headers(id: id, workspace: nil))
        }
    }

    // MARK: The wire

    private static func body(of request: Request) async throws -> [UInt8] {
        let bytes: [UInt8]
        do {
            let buffer = try await request.body.collect(upTo: Routes.largestBody)
            bytes = Array(buffer.readableBytesView)
        } catch {
            throw APIError.status(413)
        }
        do {
            guard let coding = try BodyCoding.named(request.header("content-encoding")) else { return bytes }
            // Whether the provider takes others is not known.
            guard coding == .gzip || coding == .deflate else {
                throw APIError.invalid("The request body is \(coding.rawValue); use gzip, deflate or none")
            }
            return try coding.decoded(bytes, limit: Routes.largestBody)
        } catch let error as BodyCodingError {
            throw error.isTooLarge ? APIError.status(413) : .invalid("The request body \(error.reason)")
        }
    }

    private static func headers(id: String, workspace: String?) -> [(String, String)] {
        [("request-id", id), ("anthropic-organization-id", organization)]
            + (workspace.map { [("anthropic-workspace-id", $0)] } ?? [])
    }

    private static func failure(_ error: any Error, id: String, headers: [(String, String)]) -> Response {
        let error = error as? APIError ?? .status(500)
        var headers = headers
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
