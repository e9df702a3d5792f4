import OrderedJSON
import PromptCache
import Testing

@testable import PromptCacheWarmer

@Suite("A failed call stops what is at fault, and nothing else")
struct FaultTests {
    @Test(
        "Each status has its meaning",
        arguments: [
            (401, Fault.credential), (402, .credential), (403, .credential), (404, .model), (413, .scope),
            (408, .transient), (409, .transient), (429, .transient), (500, .transient), (504, .transient),
            (529, .transient), (422, .perhapsRung), (418, .scope),
        ])
    func statuses(status: Int, fault: Fault) {
        #expect(Fault.of(WarmResponse(status: status), on: .zero) == fault)
    }

    @Test("A 400 may come from max_tokens only if its type says invalid_request_error")
    func invalidRequest() {
        func response(_ type: String) -> WarmResponse {
            WarmResponse(status: 400, error: ProviderError(type: type, message: ""))
        }
        #expect(Fault.of(response("invalid_request_error"), on: .zero) == .perhapsRung)
        #expect(Fault.of(response("invalid_request_error"), on: .streamAndClose) == .scope)
        #expect(Fault.of(response("other_error"), on: .zero) == .scope)
    }

    @Test("The provider's word that a retry helps wins over the status")
    func shouldRetry() {
        let response = WarmResponse(status: 400, advice: RetryAdvice(shouldRetry: true))
        #expect(Fault.of(response, on: .zero) == .transient)
    }
}

@Suite("Retries wait longer each time and never past the lifetime")
struct RetryPlanTests {
    private func delays(remaining: Duration, advice: RetryAdvice = RetryAdvice(), random: Double = 0) -> [Duration] {
        var plan = RetryPlan()
        var delays: [Duration] = []
        while let delay = plan.delay(after: advice, remaining: remaining, random: random) { delays.append(delay) }
        return delays
    }

    @Test("Delays double from half a second up to eight, five times at most")
    func doubling() {
        #expect(delays(remaining: .seconds(100)) == [0.5, 1, 2, 4, 8].map { .seconds($0) })
    }

    @Test("Jitter shortens by a quarter at most and never lengthens")
    func jitter() {
        #expect(delays(remaining: .seconds(100), random: 1) == [0.375, 0.75, 1.5, 3, 6].map { .seconds($0) })
    }

    @Test("A retry that would start after the deadline is not made")
    func deadline() {
        #expect(delays(remaining: .seconds(1)) == [.seconds(0.5)])
        #expect(delays(remaining: .zero).isEmpty)
    }

    @Test("retry-after wins over the table, and x-should-retry false ends it")
    func advice() {
        #expect(
            delays(remaining: .seconds(20), advice: RetryAdvice(delay: .seconds(7)))
                == .init(repeating: .seconds(7), count: 5))
        #expect(delays(remaining: .seconds(20), advice: RetryAdvice(delay: .seconds(30))).isEmpty)
        #expect(delays(remaining: .seconds(20), advice: RetryAdvice(shouldRetry: false)).isEmpty)
    }

    @Test(
        "Advice is read from headers, absurd values are cut down and nonsense ignored",
        arguments: [
            (["retry-after": "3"], Duration.seconds(3)),
            (["retry-after-ms": "250", "retry-after": "9"], .milliseconds(250)),
            (["retry-after": "1e300"], .seconds(86400)), (["retry-after": "-5"], .zero), (["retry-after": "soon"], nil),
            ([:], nil),
        ] as [([String: String], Duration?)])
    func headers(headers: [String: String], delay: Duration?) {
        #expect(RetryAdvice { headers[$0] }.delay == delay)
    }
}

@Suite("The ladder asks for no output in the cheapest way that an upstream takes")
struct LadderTests {
    private let key = Ladder.Key(endpoint: "e", model: "m", thinking: "none")

    private func request(_ extra: String = "") throws -> MessagesRequest {
        try MessagesRequest(Prompts.body(extra: extra))
    }

    @Test("It begins with max_tokens 0 and remembers where 0 was refused")
    func remembering() throws {
        var ladder = Ladder(mayClose: false)
        let request = try request()
        #expect(ladder.rung(for: request, key) == .zero)
        #expect(ladder.rung(above: .zero, for: request) == .one)
        #expect(ladder.rung(above: .one, for: request) == nil)
        ladder.remember(.one, for: key)
        #expect(ladder.rung(for: request, key) == .one)
        #expect(ladder.rung(for: request, Ladder.Key(endpoint: "other", model: "m", thinking: "none")) == .zero)
    }

    @Test(
        "What is known to refuse 0 is asked for one token, with everything else as it was",
        arguments: [
            #""tool_choice":{"type":"any"},"#, #""tool_choice":{"type":"tool","name":"t"},"#,
            #""output_config":{"format":{"type":"json_schema"}},"#, #""compaction":{},"#,
        ])
    func obstacles(extra: String) throws {
        #expect(Ladder(mayClose: false).rung(for: try request(extra), key) == .one)
    }

    @Test("Thinking with a budget can only be closed early, and only where that is allowed")
    func thinking() throws {
        let request = try request(#""thinking":{"type":"enabled","budget_tokens":2000},"#)
        #expect(Ladder(mayClose: false).rung(for: request, key) == nil)
        #expect(Ladder(mayClose: false).refusal(of: request).contains("budget"))
        #expect(Ladder(mayClose: true).rung(for: request, key) == .streamAndClose)
        let adaptive = try self.request(#""thinking":{"type":"adaptive"},"#)
        #expect(Ladder(mayClose: false).rung(for: adaptive, key) == .zero)
    }
}
