import Mutations
import PromptCache
import SteppedTime
import Testing

@Suite("Streams that nobody has thought of")
struct GeneratedStreamTests {
    /// What a reader has to say of a stream that comes in these chunks.
    private func reading(_ chunks: [ArraySlice<UInt8>]) -> MessagesResponse {
        var reader = UsageReader()
        for chunk in chunks { reader.read(chunk) }
        reader.finish()
        return reader.response
    }

    private func cut(_ stream: [UInt8], _ random: inout SeededRandom) -> [ArraySlice<UInt8>] {
        var chunks: [ArraySlice<UInt8>] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let length = Int.random(in: 1...40, using: &random)
            chunks.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return chunks
    }

    @Test("are read alike however they are cut, and never as less than nothing")
    func anyCut() throws {
        var random = SeededRandom(seed: 4)
        let seeds = try corpus(of: "UsageFuzz")
        var withUsage = 0
        for _ in 0..<3000 {
            let stream = random.mutated(random.pick(seeds), marks: "\r\n:{}\",0 dataevent")
            let whole = reading([stream[...]])
            #expect(reading(cut(stream, &random)) == whole, "\(stream)")
            guard let usage = whole.usage else { continue }
            withUsage += 1
            #expect([usage.input, usage.write5m, usage.write1h, usage.read, usage.output].allSatisfy { $0 >= 0 })
        }
        #expect(withUsage > 300, "both kinds must be met, with usage \(withUsage)")
    }
}
