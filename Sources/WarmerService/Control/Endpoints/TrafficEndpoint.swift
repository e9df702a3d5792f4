import CachePrices
import Hummingbird
import OrderedJSON
import PromptCache
import PromptInspection

/// What became of requests that went through the proxy, and why some missed; none without a proxy.
struct TrafficEndpoint {
    let desk: ControlDesk

    func add(to router: some RouterMethods<BasicRequestContext>) {
        router.get("/v1/traffic") { request, _ in traffic(request) }
    }

    private func traffic(_ request: Request) -> Response {
        let query = request.uri.queryParameters
        do {
            let limit = try query.integer("limit", in: 0...10_000) ?? 100
            let entries = desk.arrivals.entries(
                of: query["scope"].map(String.init), missesOnly: query["misses"] == "true", limit: limit)
            return .json(["requests": .array(entries.map(Self.json))])
        } catch {
            return .fault(error.message, status: .badRequest)
        }
    }

    private static func json(_ entry: ArrivalHistory.Entry) -> JSONOutput {
        let finding = entry.finding
        return [
            "at": .string(entry.at.iso8601), "scope": .string(entry.scope), "model": .string(entry.model),
            "verdict": .string(finding.verdict.rawValue), "cause": .optional(finding.cause?.rawValue),
            "changed": finding.divergence.map(Self.json) ?? .null, "missed_tokens": .integer(finding.missed),
            "idle_seconds": finding.idle.map { .integer(Int($0 / .seconds(1))) } ?? .null,
            "cost_usd": .optional(finding.cost?.decimal), "lost_usd": .string(finding.lost.decimal),
            "saved_usd": .string(finding.saved.decimal), "text": .string(finding.text),
        ]
    }

    private static func json(_ divergence: Divergence) -> JSONOutput {
        [
            "path": .string(divergence.path), "kind": .string(divergence.kind.rawValue),
            "advice": .optional(divergence.kind.advice),
        ]
    }
}
