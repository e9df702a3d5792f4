import Hummingbird
import OrderedJSON
import PromptCacheWarmer

/// The replicas that share the store.
struct FleetEndpoint {
    let desk: ControlDesk

    func add(to router: some RouterMethods<BasicRequestContext>) {
        router.get("/v1/fleet") { _, _ in await fleet() }
    }

    private func fleet() async -> Response {
        let reading = await desk.fleet?.read()
        return .json([
            "replica": .optional(reading?.here), "fault": .optional(reading?.fault),
            "replicas": .array(
                (reading?.replicas ?? []).map { replica in
                    [
                        "name": .string(replica.name), "is_this": .boolean(replica.name == reading?.here),
                        "is_silent": .boolean(replica.isSilent), "heard_seconds_ago": .seconds(replica.age),
                        "clock_skew_seconds": .seconds(replica.skew), "lag_seconds": .seconds(replica.lag),
                        "scopes": .integer(replica.scopes), "holds": .integer(replica.holds),
                        "pings": .integer(replica.pings), "late_pings": .integer(replica.late),
                    ]
                }),
        ])
    }
}
