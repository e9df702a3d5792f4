/// Finds the bytes of a string that cannot be passed over, in sixteen of them at once: quotes, backslashes, control
/// characters, and those beyond ASCII.
///
/// A mark is a byte of ones, the first byte in memory the lowest. Marks are joined as two words: the library joins masks
/// lane by lane.
enum StringBytes {
    typealias Marks = SIMD2<UInt64>

    /// Signed, those beyond ASCII are below zero, and so below the first that is no control character.
    @inline(__always)
    static func special(in bytes: SIMD16<Int8>) -> Marks {
        marks(bytes .== SIMD16(repeating: 0x22)) | marks(bytes .== SIMD16(repeating: 0x5C))
            | marks(bytes .< SIMD16(repeating: 0x20))
    }

    @inline(__always)
    static func any(_ marks: Marks) -> Bool { marks[0] | marks[1] != 0 }

    /// How many bytes stand before the first mark; there is one.
    @inline(__always)
    static func before(_ first: Marks, _ second: Marks) -> Int { any(first) ? before(first) : 16 &+ before(second) }

    @inline(__always)
    private static func before(_ marks: Marks) -> Int {
        let word = UInt64(littleEndian: marks[0])
        return (word != 0 ? word.trailingZeroBitCount : 64 &+ UInt64(littleEndian: marks[1]).trailingZeroBitCount) >> 3
    }

    @inline(__always)
    private static func marks(_ mask: SIMDMask<SIMD16<Int8>>) -> Marks { unsafeBitCast(mask, to: Marks.self) }
}
