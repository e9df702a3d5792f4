import Hummingbird
import OrderedJSON
import PromptCacheWarmer
import WarmingPolicies

/// How the daemon is: for supervisors, for Prometheus, and for people who ask what is in force.
struct HealthEndpoint {
    let desk: ControlDesk

    /// A ping that is overdue by this much is one that will be missed.
    private static let longestOverdue = Duration.seconds(60)

    func add(to router: some RouterMethods<BasicRequestContext>) {
        router.get("/health") { _, _ in Response.json(["status": "ok"]) }
        router.get("/ready") { _, _ in await ready() }
        router.get("/metrics") { _, _ in await metrics() }
        router.get("/v1/daemon") { _, _ in await daemon() }
    }

    private func ready() async -> Response {
        let overdue = await desk.warmer.overview(.init(limit: 0)).counts.longestOverdue
        let reason: String? =
            if await !desk.warmer.isRunning {
                "it is starting or stopping"
            } else if overdue > Self.longestOverdue {
                "pings are overdue by \(Int(overdue / .seconds(1))) s"
            } else {
                nil
            }
        guard let reason else { return .json(["status": "ready"]) }
        return .json(["status": .string("not ready: \(reason)")], status: .serviceUnavailable)
    }

    private func metrics() async -> Response {
        let families = desk.metrics.scrape() + (await WarmerGauges(desk: desk).families())
        return .text(PrometheusText.text(families), type: PrometheusText.contentType)
    }

    private func daemon() async -> Response {
        let state = await desk.keeper.state
        let counts = await desk.warmer.overview(.init(limit: 0)).counts
        let off = desk.warmer.warmingOffReason
        return .json([
            "version": .string(WarmerVersion.current), "started_at": .string(desk.startedAt.iso8601),
            "now": .string(desk.clock.now.wall.iso8601),
            "warming": ["on": .boolean(off == nil), "off_reason": .optional(off)],
            "configuration": [
                "file": .optional(state.configuration.file), "in_force_since": .string(state.since.iso8601),
                "faults": .array(state.faults.map(JSONOutput.string)),
            ],
            "scopes": [
                "warm": .integer(counts.warm), "cold": .integer(counts.cold), "paused": .integer(counts.paused),
                "stopped": .integer(counts.stopped), "due": .integer(counts.due),
            ],
        ])
    }
}
