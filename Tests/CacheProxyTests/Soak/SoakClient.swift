import NIOCore
import NIOHTTP1
import NIOPosix

/// A client that asks one request after the other, on one connection as long as that holds, as the plans say.
struct SoakClient: Sendable {
    let port: Int
    private typealias Wire = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
    private typealias Inbound = NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
    private typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>

    /// What came of a request.
    struct Answer: Sendable {
        var status: Int?
        var body = ByteBuffer()
        /// Whether it came to its end.
        var isWhole = false
        /// Whether the connection may take another request.
        var goesOn = false
        /// The client went away, as planned.
        var hasLeft = false
    }

    /// - Returns: a line for each answer that is not as planned.
    func ask(_ plans: Range<UInt64>, _ complain: @Sendable (String) -> Void) async throws {
        var next = plans.lowerBound
        while next < plans.upperBound {
            let wire = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try Wire(wrappingChannelSynchronously: channel)
                    }
                }
            let from = next
            next = try await wire.executeThenClose { inbound, outbound in
                var parts = inbound.makeAsyncIterator()
                for number in from..<plans.upperBound {
                    let plan = SoakPlan(number)
                    let answer = await Self.ask(plan, &parts, outbound)
                    if let fault = Self.fault(answer, plan) { complain("request \(number): \(fault)") }
                    if !answer.goesOn { return number + 1 }
                }
                return plans.upperBound
            }
        }
    }

    private static func ask(_ plan: SoakPlan, _ parts: inout Inbound, _ outbound: Outbound) async -> Answer {
        var answer = Answer()
        do {
            try await send(plan, outbound)
        } catch {
            // What was answered before it was all sent can still be read.
        }
        if [.leavesWithinRequest, .leavesBeforeResponse].contains(plan.client) {
            answer.hasLeft = true
            return answer
        }
        do {
            while let part = try await parts.next(isolation: #isolation) {
                switch part {
                case .head(let head):
                    answer.status = Int(head.status.code)
                    answer.goesOn = head.isKeepAlive
                case .body(var bytes):
                    answer.body.writeBuffer(&bytes)
                    if plan.client == .leavesWithinResponse {
                        answer.hasLeft = true
                        answer.goesOn = false
                        return answer
                    }
                case .end:
                    answer.isWhole = true
                    return answer
                }
            }
        } catch {
            // It was cut off.
        }
        answer.goesOn = false
        return answer
    }

    private static func send(_ plan: SoakPlan, _ outbound: Outbound) async throws {
        var headers: HTTPHeaders = ["host": "proxy", "x-plan": String(plan.number)]
        if plan.client == .chunked {
            headers.add(name: "transfer-encoding", value: "chunked")
        } else {
            headers.add(name: "content-length", value: String(plan.request.readableBytes))
        }
        try await outbound.write(
            .head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/messages", headers: headers)))
        let (first, rest) = plan.request.halves
        switch plan.client {
        case .leavesWithinRequest: return try await outbound.write(.body(.byteBuffer(first)))
        case .pieces, .chunked:
            try await outbound.write(.body(.byteBuffer(first)))
            try await outbound.write(.body(.byteBuffer(rest)))
        default: try await outbound.write(.body(.byteBuffer(plan.request)))
        }
        try await outbound.write(.end(nil))
    }

    /// What is wrong with an answer; nil if it is as planned.
    private static func fault(_ answer: Answer, _ plan: SoakPlan) -> String? {
        if answer.hasLeft { return nil }
        if !plan.breaks {
            if !answer.isWhole { return "cut off though its upstream answered (\(plan.deed))" }
            if answer.status != plan.status { return "status \(answer.status ?? 0), not \(plan.status)" }
            return answer.body == plan.body ? nil : "another body than its upstream's"
        }
        // Nothing had been relayed yet: an answer of the proxy's own says so.
        if answer.status == 502, answer.isWhole { return nil }
        if [.vanishes, .resets].contains(plan.deed) { return "\(plan.deed), and no 502" }
        if answer.isWhole { return "a part that was passed off as the whole" }
        let isPart = answer.body.readableBytesView.elementsEqual(
            plan.response.readableBytesView.prefix(answer.body.readableBytes))
        return isPart ? nil : "another part than its upstream's"
    }
}
