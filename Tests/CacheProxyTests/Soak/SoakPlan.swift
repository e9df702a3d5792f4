import NIOCore
import SteppedTime

/// All that happens in one exchange, on both sides, from one number: so both know what the other will do.
struct SoakPlan: Sendable {
    /// What the upstream does.
    enum Deed: CaseIterable {
        case length, chunked, pieces, closes, early, empty, error
        /// It ends the connection before it has answered, in an orderly way or not.
        case vanishes, resets
        /// Likewise within its answer.
        case cuts, resetsWithin
    }

    /// What the client does.
    enum Client: CaseIterable {
        case whole, pieces, chunked
        /// It goes away.
        case leavesWithinRequest, leavesBeforeResponse, leavesWithinResponse
    }

    let number: UInt64
    let deed: Deed
    let client: Client
    let request: ByteBuffer
    let response: ByteBuffer

    /// One in five upstreams is at fault, and one in ten clients.
    init(_ number: UInt64) {
        var random = SeededRandom(seed: number)
        self.number = number
        deed =
            random.chance(20)
            ? random.pick([.vanishes, .resets, .cuts, .resetsWithin])
            : random.pick([.length, .length, .chunked, .pieces, .closes, .early, .empty, .error])
        client =
            random.chance(10)
            ? random.pick([.leavesWithinRequest, .leavesBeforeResponse, .leavesWithinResponse])
            : random.pick([.whole, .whole, .pieces, .chunked])
        request = Self.body(&random)
        response = Self.body(&random)
    }

    /// What all bodies are cut from, since making them anew is what would take the time.
    private static let quarry: ByteBuffer = {
        var random = SeededRandom(seed: 1)
        var bytes = ByteBuffer()
        for _ in 0..<100_000 { bytes.writeInteger(random.next()) }
        return bytes
    }()

    /// Mostly small, now and then larger than a socket takes at once.
    private static func body(_ random: inout SeededRandom) -> ByteBuffer {
        let size =
            random.chance(2) ? Int.random(in: 0...400_000, using: &random) : Int.random(in: 1...4000, using: &random)
        let start = Int.random(in: 0...quarry.readableBytes - size, using: &random)
        return quarry.getSlice(at: start, length: size) ?? ByteBuffer()
    }

    var status: Int {
        switch deed {
        case .empty: 204
        case .error: 529
        default: 200
        }
    }

    /// What the client must have in the end, if it stays.
    var body: ByteBuffer { deed == .empty ? ByteBuffer() : response }

    var breaks: Bool { [.vanishes, .resets, .cuts, .resetsWithin].contains(deed) }
}

extension ByteBuffer {
    var halves: (ByteBuffer, ByteBuffer) {
        var rest = self
        let first = rest.readSlice(length: readableBytes / 2) ?? ByteBuffer()
        return (first, rest)
    }
}
