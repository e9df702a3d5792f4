import Invariant
import PromptCache

/// A stream says the same however it is cut into chunks, and whichever of the three ends its lines have.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let stream = Array(UnsafeBufferPointer(start: start, count: count))
    let lifetime: Lifetime = count.isMultiple(of: 2) ? .fiveMinutes : .oneHour
    let whole = Reading(of: [stream[...]], lifetime)
    always(whole == Reading(of: cut(stream), lifetime), "chunks do not change what is read")
    checkUsage(whole.response.usage)
    checkLineEnds(stream, whole, lifetime)
    return 0
}

/// What a reader has to say at the last byte, and when it is told that this was the last.
private struct Reading: Equatable {
    let response: MessagesResponse
    let isFinished: Bool
    let beforeFinish: MessagesResponse

    init(of chunks: [ArraySlice<UInt8>], _ lifetime: Lifetime) {
        var reader = UsageReader(assuming: lifetime)
        for chunk in chunks { reader.read(chunk) }
        beforeFinish = reader.response
        reader.finish()
        response = reader.response
        isFinished = reader.isFinished
    }
}

/// Chunks as long as their first bytes say: so the fuzzer moves the cuts, and all its bytes are the stream's.
private func cut(_ stream: [UInt8]) -> [ArraySlice<UInt8>] {
    var chunks: [ArraySlice<UInt8>] = []
    var rest = stream[...]
    while let first = rest.first {
        let length = 1 + Int(first) % 32
        chunks.append(rest.prefix(length))
        rest = rest.dropFirst(length)
    }
    return chunks
}

private func checkUsage(_ usage: Usage?) {
    guard let usage else { return }
    let counts = [usage.input, usage.write5m, usage.write1h, usage.read, usage.output]
    always(counts.allSatisfy { $0 >= 0 }, "counts are at least 0")
}

private func checkLineEnds(_ stream: [UInt8], _ whole: Reading, _ lifetime: Lifetime) {
    guard !stream.contains(UInt8(ascii: "\r")) else { return }
    let lines = stream.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for end in ["\r", "\r\n"] {
        let other = Array(lines.joined(separator: end.utf8))
        always(whole == Reading(of: [other[...]], lifetime), "line ends do not change what is read")
    }
}
