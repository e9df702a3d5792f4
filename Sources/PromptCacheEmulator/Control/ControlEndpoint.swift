import Foundation
import Hummingbird
import OrderedJSON
import SteppedTime

/// `/emulator/…`: reading back what happened, moving time, and making things go wrong.
struct ControlEndpoint: Sendable {
    let provider: Provider
    let time: SteppedTime

    /// How long an advance waits for a participant that says nothing, in real time.
    private static let patience = Duration.seconds(30)
    /// How long a participant's poll is kept open, in real time.
    private static let pollLimit = Duration.seconds(20)

    func add(to router: Router<EmulatorContext>) {
        router.get("/emulator/bill") { _, _ in Response.json(bill) }
        router.get("/emulator/entries") { _, _ in Response.json(entries) }
        router.get("/emulator/requests") { request, _ in
            Response.json(requests(full: request.uri.queryParameters["full"] == "1"))
        }
        router.get("/emulator/clock") { _, _ in Response.json(clock) }
        router.post("/emulator/clock") { request, _ in try await advance(request) }
        router.post("/emulator/faults") { request, _ in try await setFaults(request) }
        router.post("/emulator/limits") { request, _ in try await setLimits(request) }
        router.post("/emulator/reset") { _, _ in
            provider.reset()
            return Response.json([:])
        }
        router.get("/emulator/clock/participants/:name") { request, _ in await poll(request) }
        router.post("/emulator/clock/participants/:name") { request, context in
            try await report(request, of: context.parameters.get("name") ?? "")
        }
        router.delete("/emulator/clock/participants/:name") { _, context in
            time.leave(context.parameters.get("name") ?? "")
            return Response.json([:])
        }
    }

    // MARK: Reading back

    private var bill: JSONOutput {
        let workspaces = provider.bills.sorted { $0.key < $1.key }.map { name, bill in
            JSONOutput.Member(
                name, .object([.init("requests", .integer(bill.requests))] + Self.members(of: bill.usage)))
        }
        return ["workspaces": .object(workspaces)]
    }

    private static func members(of usage: EmulatedUsage) -> [JSONOutput.Member] {
        [
            .init("input_tokens", .integer(usage.input)), .init("cache_creation_5m", .integer(usage.write5m)),
            .init("cache_creation_1h", .integer(usage.write1h)), .init("cache_read", .integer(usage.read)),
            .init("output_tokens", .integer(usage.output)),
        ]
    }

    private var entries: JSONOutput {
        let now = time.now
        let rows = provider.entries(at: now).map { owner, entry in
            (
                owner, entry,
                left: (entry.touchedAt + entry.held - now) / .seconds(1)
            )
        }
        let sorted = rows.sorted {
            ($0.0.workspace, $0.0.model, $0.1.tokens) < ($1.0.workspace, $1.0.model, $1.1.tokens)
        }
        return .array(
            sorted.map { owner, entry, left in
                [
                    "workspace": .string(owner.workspace), "model": .string(owner.model),
                    "region": .string(owner.region),
                    "prefix_tokens": .integer(entry.tokens),
                    "ttl_seconds": .integer(Int(entry.lifetime.duration / .seconds(1))),
                    "expires_in_seconds": .double(left),
                ]
            })
    }

    private func requests(full: Bool) -> JSONOutput {
        .array(
            provider.records.map { record in
                var members: [JSONOutput.Member] = [
                    .init("id", .string(record.id)), .init("at_seconds", .double(record.at / .seconds(1))),
                    .init("workspace", .string(record.workspace)), .init("path", .string(record.path)),
                    .init("status", .integer(record.status)),
                    .init("usage", .object(Self.members(of: record.usage))),
                    .init("faults", .array(record.faults.map(JSONOutput.string))),
                ]
                if full {
                    members.append(.init("body", .string(Data(record.body).base64EncodedString())))
                    members.append(
                        .init("headers", .object(record.headers.map { .init($0.0, .string($0.1)) })))
                }
                return .object(members)
            })
    }

    // MARK: Time

    private var clock: JSONOutput {
        [
            "now_seconds": .double(time.now / .seconds(1)), "epoch": .integer(Int(time.clock.epoch)),
            "now_ns": .integer(Int((time.now / .nanoseconds(1)).rounded())), "stepped": .boolean(!time.runsByItself),
            "wall_of_start": .integer(Int(SteppedTime.wallOfStart)),
        ]
    }

    private func advance(_ request: Request) async throws -> Response {
        let root = try await Self.object(request)
        guard let seconds = root["advance_seconds"]?.number, seconds >= 0, seconds < 1e9 else {
            return Self.refuse("advance_seconds: must be a number of seconds from 0")
        }
        let target = time.now + .seconds(seconds)
        let dropped = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await time.advance(to: target)
                return true
            }
            group.addTask { await waitWhileItMoves() }
            let isDone = await group.next() ?? true
            let dropped = isDone ? [] : time.dropUnsettled()
            group.cancelAll()
            return dropped
        }
        guard dropped.isEmpty else {
            return Self.refuse(
                "participants \(dropped.joined(separator: ", ")) said nothing for \(Self.patience) and were dropped",
                status: 504)
        }
        return Response.json(["now_seconds": .double(time.now / .seconds(1))])
    }

    /// - Returns: false once nothing has moved for too long; never returns by itself before.
    private func waitWhileItMoves() async -> Bool {
        var last = time.clock
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.patience)
            if time.clock == last { return Task.isCancelled }
            last = time.clock
        }
        return true
    }

    private func poll(_ request: Request) async -> Response {
        let after = request.uri.queryParameters["after"].flatMap { UInt64($0) } ?? 0
        let clock = await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await time.clock(after: after) }
            group.addTask { try? await Task.sleep(for: Self.pollLimit) }
            await group.next()
            group.cancelAll()
            return time.clock
        }
        return Self.json(clock)
    }

    private func report(_ request: Request, of name: String) async throws -> Response {
        let root = try await Self.object(request)
        guard let epoch = root["epoch"]?.integer, epoch >= 0, let active = root["active"]?.integer, active >= 0 else {
            return Self.refuse("epoch and active must be whole numbers of at least 0")
        }
        let wake = root["next_wake_ns"]?.integer.map { Duration.nanoseconds($0) }
        return Self.json(
            time.report(Participant.Report(epoch: UInt64(epoch), active: active, nextWake: wake), of: name))
    }

    private static func json(_ clock: Participant.Clock) -> Response {
        // Whole nanoseconds, so that both sides mean the same moment to the last digit.
        .json(["epoch": .integer(Int(clock.epoch)), "now_ns": .integer(Int((clock.now / .nanoseconds(1)).rounded()))])
    }

    // MARK: Faults

    private func setFaults(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        do {
            let plan = try FaultPlan(json: Array(body.readableBytesView))
            provider.setFaults(plan)
            return Response.json(["faults": .integer(plan.faults.count)])
        } catch {
            return Self.refuse(error.message)
        }
    }

    private func setLimits(_ request: Request) async throws -> Response {
        let root = try await Self.object(request)
        var limits = EmulatedLimits()
        for member in root.members {
            guard let value = member.value.integer, value > 0 else {
                return Self.refuse("\(member.name): must be a whole number from 1")
            }
            switch member.name {
            case "requests": limits.requests = value
            case "input_tokens": limits.inputTokens = value
            case "output_tokens": limits.outputTokens = value
            default:
                return Self.refuse(
                    "\(member.name): no such limit; there are requests, input_tokens and output_tokens, each a minute")
            }
        }
        provider.setLimits(limits)
        return Response.json([:])
    }

    private static func object(_ request: Request) async throws -> JSONNode {
        let body = try await request.body.collect(upTo: 1 << 20)
        return (try? JSONText(Array(body.readableBytesView)).root) ?? JSONText.empty.root
    }

    private static func refuse(_ message: String, status: Int = 400) -> Response {
        .json(
            ["type": "error", "error": ["type": "invalid_request_error", "message": .string(message)]], status: status)
    }
}

extension JSONText {
    fileprivate static let empty = try! JSONText(Array("{}".utf8))
}
