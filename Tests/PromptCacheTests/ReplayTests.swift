import OrderedJSON
import PromptCache
import Testing

@Suite struct ReplayTests {
    @Test func `ten thousand bodies, whole and broken, are replayed without another byte changed`() throws {
        var generator = BodyGenerator(seed: 10)
        var replayed = 0
        for round in 0..<10_000 {
            let whole = generator.body()
            let body = round % 4 == 0 ? whole : generator.mutated(whole)
            guard let request = try? MessagesRequest(body) else {
                #expect(body != whole, "\(String(decoding: whole, as: UTF8.self))")
                continue
            }
            replayed += 1
            let maxTokens = round % 2
            let bytes = request.replay(maxTokens: maxTokens)
            #expect(
                TopLevel(bytes) == TopLevel(body).replayed(maxTokens: maxTokens),
                "\(String(decoding: body, as: UTF8.self)) became \(String(decoding: bytes, as: UTF8.self))")
            let again = try MessagesRequest(bytes)
            #expect(again.maxTokens == maxTokens)
            #expect(again["stream"] == nil)
            #expect(again.keys() == request.keys())
            #expect(again.replay(maxTokens: maxTokens) == bytes, "a replay of a replay is itself")
        }
        #expect(replayed > 4000, "most must be read, \(replayed) were")
    }

    @Test(
        arguments: [
            (#"{"model":"m"}"#, #"{"max_tokens":0,"model":"m"}"#),
            (#"{"stream":true,"model":"m"}"#, #"{"max_tokens":0,"model":"m"}"#),
            (#"{"model":"m","stream":true}"#, #"{"max_tokens":0,"model":"m"}"#),
            (#"{"model":"m","stream":true,"max_tokens":5}"#, #"{"model":"m","max_tokens":0}"#),
            (#"{"max_tokens":5,"stream":true,"model":"m"}"#, #"{"max_tokens":0,"model":"m"}"#),
            ("{ \"max_tokens\" : 5 ,\n \"model\" : \"m\" }\n", "{ \"max_tokens\" : 0 ,\n \"model\" : \"m\" }\n"),
            (#"{"model":"m","metadata":{"stream":true}}"#, #"{"max_tokens":0,"model":"m","metadata":{"stream":true}}"#),
        ])
    func `max_tokens is set and stream taken out where they stand`(body: String, expected: String) throws {
        #expect(String(decoding: try request(body).replay(maxTokens: 0), as: UTF8.self) == expected)
    }

    @Test func `each rung has its body`() throws {
        let body = try request(#"{"model":"m","max_tokens":5}"#)
        func sent(_ rung: Rung) -> String { String(decoding: body.replay(on: rung), as: UTF8.self) }
        #expect(sent(.zero) == #"{"model":"m","max_tokens":0}"#)
        #expect(sent(.one) == #"{"model":"m","max_tokens":1}"#)
        #expect(sent(.streamAndClose) == #"{"stream":true,"model":"m","max_tokens":5}"#)
        let streaming = try request(#"{"model":"m","stream":false}"#)
        #expect(String(decoding: streaming.replayStreaming(), as: UTF8.self) == #"{"model":"m","stream":true}"#)
    }
}
