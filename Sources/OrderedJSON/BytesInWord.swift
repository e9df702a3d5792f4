/// Finds bytes in eight of them at once. What is found is marked by the top bit of its byte; the first byte in memory is the
/// lowest.
enum BytesInWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// Marks the bytes that equal `byte`, which is ASCII.
    @inline(__always)
    static func marks(of byte: UInt8, in word: UInt64) -> UInt64 { ~(others(byte, word & ~tops) | word) & tops }

    /// How many bytes stand before the first mark; 8 if there is none.
    @inline(__always)
    static func before(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }

    /// Marks the bytes that differ from `byte`, where all are ASCII: only zero plus 0x7F leaves the top bit alone.
    @inline(__always)
    private static func others(_ byte: UInt8, _ low: UInt64) -> UInt64 { (low ^ ones &* UInt64(byte)) &+ ~tops }
}
