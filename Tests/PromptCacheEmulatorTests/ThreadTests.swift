import OrderedJSON
import Testing

@testable import PromptCacheEmulator

@Suite("Message threads: a continued request is a delta")
struct ThreadTests {
    private let bench = Bench()

    private func ask(_ question: String, thread: String) throws -> Provider.Answer {
        let body = Bodies.request(
            messages: [Bodies.user(Bodies.text(question))],
            extra: #""cache_control":{"type":"ephemeral"},"thread":\#(thread),"#)
        let answer = try bench.provider.begin(
            Array(body.utf8), from: Caller(workspace: "me", betas: [], region: ""), now: .zero
        ).answer.get()
        bench.provider.commit(answer, now: .zero)
        return answer
    }

    @Test("It goes on with what was said before, and reads it")
    func goingOn() throws {
        let first = try ask("Hi", thread: #"{"type":"start"}"#)
        let thread = try #require(first.thread)
        #expect(first.plan.usage.write5m == 1012)
        let second = try ask("And now?", thread: #"{"type":"continue","id":"\#(thread)"}"#)
        #expect(second.request.blocks.compactMap(\.message).max() == 2)
        #expect(second.plan.usage.read == 1012)
        #expect(second.thread == thread)
    }

    @Test("One that is not known, or no thread at all, is refused")
    func unknown() {
        #expect(throws: APIError.self) { try ask("Hi", thread: #"{"type":"continue","id":"thread_x"}"#) }
        #expect(throws: APIError.self) { try ask("Hi", thread: #"{"type":"continue"}"#) }
        #expect(throws: APIError.self) { try ask("Hi", thread: #"{"type":"go on"}"#) }
    }
}
