import Testing

@testable import PromptCacheEmulator

@Suite("What shall go wrong goes wrong, as often as asked")
struct FaultPlanTests {
    private func bench(_ faults: String) throws -> Bench {
        let bench = Bench()
        bench.provider.setFaults(try FaultPlan(json: Array(faults.utf8)))
        return bench
    }

    @Test("A status strikes as many requests as it counts, with its retry-after")
    func counting() throws {
        let bench = try bench(#"[{"status":529,"count":2,"retry_after":3}]"#)
        let answers = (0..<3).map { _ in
            bench.provider.begin(
                Array(Bodies.request().utf8), from: Caller(workspace: "me", betas: [], region: ""), now: .zero
            ).answer
        }
        let errors = answers.map { answer in
            if case .failure(let error) = answer { error } else { nil as APIError? }
        }
        #expect(errors.map(\.?.status) == [529, 529, nil])
        #expect(errors[0]?.retryAfter == 3)
        #expect(errors[0]?.type == "overloaded_error")
    }

    @Test("A fault of one workspace leaves the others alone")
    func workspaces() throws {
        let bench = try bench(#"[{"status":500,"workspace":"other"}]"#)
        #expect(try bench.send(Bodies.request()).write5m > 0)
        #expect(throws: APIError.self) { try bench.send(Bodies.request(), workspace: "other") }
    }

    @Test("Entries can be evicted early")
    func evicting() throws {
        let bench = Bench()
        _ = try bench.send(Bodies.request())
        bench.provider.setFaults(try FaultPlan(json: Array(#"[{"evict":true,"count":1}]"#.utf8)))
        #expect(try bench.send(Bodies.request()).read == 0)
        #expect(try bench.send(Bodies.request()).read > 0)
    }

    @Test("An hour can be silently downgraded: only the split tells")
    func downgrading() throws {
        let bench = try bench(#"[{"downgrade_1h":true}]"#)
        let usage = try bench.send(Bodies.request(system: [Bodies.text(Bodies.long(), "1h")]))
        #expect(usage.write1h == 0 && usage.write5m == 1004)
    }

    @Test("max_tokens 0 can be refused, and only 0", arguments: [400, 422])
    func refusingZero(status: Int) throws {
        let bench = try bench(#"[{"refuse_zero":\#(status)}]"#)
        #expect(bench.refusal(Bodies.request(maxTokens: 0)) != nil)
        #expect(bench.refusal(Bodies.request(maxTokens: 1)) == nil)
    }

    @Test(
        "Above a 5m prefix, a 1h breakpoint keeps all of it for an hour in one model and not in the other",
        arguments: [
            ("entry", true), ("segment", false),
        ])
    func hourModel(model: String, isHeld: Bool) throws {
        var bench = try bench(#"[{"model":"\#(model)"}]"#)
        let start = Bodies.text(Bodies.long())
        _ = try bench.send(Bodies.request(system: [Bodies.text(Bodies.long(), "5m")]))
        let longer = Bodies.request(system: [start, Bodies.text(Bodies.long("b"), "1h")])
        #expect(try bench.send(longer).write1h == 1004)
        bench.now = .seconds(420)
        #expect((try bench.send(longer).read > 0) == isHeld)
    }

    @Test("The same seed strikes the same requests")
    func seeds() throws {
        func struck() throws -> [Bool] {
            let bench = try bench(#"[{"status":529,"rate":0.3}]"#)
            return (0..<100).map { _ in bench.refusal(Bodies.request()) != nil }
        }
        #expect(try struck() == struck())
        #expect((15...45).contains(try struck().count { $0 }))
    }

    @Test(
        "A plan that is wrong says where",
        arguments: [
            (#"{}"#, "array"), (#"[{"status":200}]"#, "0.status"), (#"[{"stats":500}]"#, "0.stats"),
            (#"[{},{"rate":2}]"#, "1.rate"), ("[", "JSON"),
        ])
    func wrong(json: String, words: String) {
        let error = #expect(throws: APIError.self) { try FaultPlan(json: Array(json.utf8)) }
        #expect(error?.message.contains(words) == true)
    }
}
