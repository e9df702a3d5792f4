/// Finds bytes in eight of them at once.
///
/// A byte is zero exactly where subtracting one borrows into its top bit although that was not set. A borrow may mark bytes
/// behind a true one as well, never before it, and only the first mark counts.
enum BytesInWord {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let tops: UInt64 = 0x8080_8080_8080_8080

    /// How many bytes of a word in memory order stand before the first that equals `byte`; 8 if none does.
    @inline(__always)
    static func before(_ byte: UInt8, in word: UInt64) -> Int {
        first(zeros(word ^ (ones &* UInt64(byte))) & tops)
    }

    /// How many bytes of a word stand before the first that cannot be passed over inside a string: a quote, a backslash, a
    /// control character, or one beyond ASCII; 8 if there is none.
    @inline(__always)
    static func beforeSpecial(in word: UInt64) -> Int {
        let quotes = zeros(word ^ (ones &* UInt64(UInt8(ascii: "\""))))
        let backslashes = zeros(word ^ (ones &* UInt64(UInt8(ascii: "\\"))))
        let controls = (word &- ones &* 0x20) & ~word
        return first((quotes | backslashes | controls | word) & tops)
    }

    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }

    @inline(__always)
    private static func first(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }
}
