import HTTPTypes
import Hummingbird
import NIOCore
import OrderedJSON
import PromptCacheWarmer
import WarmingPolicies

/// Notes that a request of the user's has touched a scope.
struct ArrivalsEndpoint {
    let desk: ControlDesk

    /// A usage has a few hundred bytes.
    private static let largestBody = 64 << 10

    func add(to router: some RouterMethods<BasicRequestContext>) {
        router.post("/v1/scopes/:name/arrivals") { request, context in
            await arrival(request, of: context.parameters.get("name") ?? "")
        }
    }

    /// Time must not overtake an arrival on its way to the schedule: it is held until the warmer has it.
    private func arrival(_ request: Request, of name: String) async -> Response {
        desk.clock.hold()
        defer { desk.clock.release() }
        let now = desk.clock.now.elapsed
        guard await !desk.warmer.status(of: name).isEmpty else { return await desk.unknown(name) }
        guard let body = try? await request.body.collect(upTo: Self.largestBody) else {
            return .fault("the body is larger than \(Self.largestBody) bytes", status: .contentTooLarge)
        }
        do {
            let note = try ArrivalNote(body)
            desk.warmer.noteArrival(
                of: name, at: now - note.age, usage: note.usage, awaits: note.awaits,
                isSubAgent: note.isSubAgent, timeToFirstToken: note.timeToFirstToken)
            return .json(["scope": .string(name)], status: .accepted)
        } catch {
            return .fault(error.message, status: .badRequest)
        }
    }
}
