/// Decompresses a body that comes in pieces, with no more of it in memory than a piece.
///
/// ```swift
/// decoder.take(piece)
/// while let bytes = try decoder.next() { … }
/// ```
public final class BodyDecoder {
    private enum State { case isWithin, hasEnded, isBroken }

    private let coding: BodyCoding
    private let decompressor: any Decompressor
    private let limit: Int
    private var piece: [UInt8] = []
    /// How much of the piece has been used.
    private var used = 0
    /// Whether more may come out though all of the piece has gone in.
    private var mayHoldMore = false
    private var count = 0
    private var state = State.isWithin

    private static let chunkSize = 1 << 15

    /// - Parameter limit: the most bytes that may come out, so that a small body cannot become a huge one; none for the
    ///   user's own files.
    /// - Throws: ``BodyCodingError`` where there is no memory.
    public init(_ coding: BodyCoding, limit: Int = .max) throws(BodyCodingError) {
        self.coding = coding
        self.limit = limit
        decompressor = try coding.makeDecompressor()
    }

    /// Gives it the next piece; the one before must have been read to its end.
    public func take(_ piece: [UInt8]) {
        self.piece = piece
        used = 0
    }

    /// Some of what the piece decompresses to; nil once there is no more to it.
    ///
    /// - Throws: ``BodyCodingError`` for what is not compressed this way or becomes too large, then and ever after.
    public func next() throws(BodyCodingError) -> ArraySlice<UInt8>? {
        while used < piece.count || mayHoldMore {
            if state == .hasEnded {
                // What stands behind a body that has but one part belongs to nobody.
                guard coding.hasParts else { return nil }
                decompressor.restart()
                state = .isWithin
            }
            let chunk = try step()
            if !chunk.isEmpty { return chunk[...] }
        }
        return nil
    }

    /// - Throws: ``BodyCodingError`` if what was taken is no whole body.
    public func finish() throws(BodyCodingError) {
        switch state {
        case .hasEnded: return
        case .isWithin: throw BodyCodingError(reason: "is cut off")
        case .isBroken: throw broken
        }
    }

    private func step() throws(BodyCodingError) -> [UInt8] {
        if state == .isBroken { throw broken }
        var step = DecompressionStep(outcome: .isBroken, read: 0, written: 0)
        let chunk = piece.withUnsafeBufferPointer { piece in
            [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { chunk, count in
                step = decompressor.step(UnsafeBufferPointer(rebasing: piece[used...]), into: chunk)
                count = step.written
            }
        }
        used += step.read
        count += step.written
        mayHoldMore = step.outcome == .goesOn && step.written == Self.chunkSize
        let isStuck = step.outcome == .goesOn && step.read == 0 && step.written == 0 && used < piece.count
        if step.outcome == .isBroken || isStuck || count > limit {
            state = .isBroken
            throw broken
        }
        if step.outcome == .partEnded { state = .hasEnded }
        return chunk
    }

    private var broken: BodyCodingError {
        count > limit
            ? BodyCodingError(reason: "becomes more than \(limit) bytes", isTooLarge: true)
            : BodyCodingError(reason: "is no \(coding.rawValue)")
    }
}
