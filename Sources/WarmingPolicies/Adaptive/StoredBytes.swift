/// Numbers packed into bytes, little end first, between a version and a checksum: what is learned is stored this way.
///
/// What was learned is experience, not truth: what is damaged, or of a version that is not known, is not there, and learning
/// begins anew.
struct StoredBytes {
    private var bytes: [UInt8]
    private var offset = 0
    private var end: Int
    /// Whether something was read that was not there, or is no number.
    private(set) var isBroken = false

    /// To write to.
    init(version: UInt8) {
        bytes = [version]
        end = 0
    }

    /// To read from; nil where the checksum is another.
    init?(_ stored: [UInt8]) {
        guard stored.count > 4 else { return nil }
        bytes = stored
        end = stored.count
        offset = end - 4
        guard read(UInt32.self) == Self.checksum(stored.dropLast(4)) else { return nil }
        end -= 4
        offset = 0
    }

    /// What was written, with its checksum.
    var sealed: [UInt8] {
        var sealed = self
        sealed.write(Self.checksum(bytes[...]))
        return sealed.bytes
    }

    var isAtEnd: Bool { offset == end }

    /// FNV-1a: any one byte that differs makes a difference.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Double) { write(value.bitPattern) }
    mutating func write(_ value: Float) { write(value.bitPattern) }

    /// A moment, moved to another axis; nil as the beginning of the axis.
    mutating func write(_ moment: Moment?, movedBy shift: Duration) {
        write((moment.map { $0 + shift } ?? .distantPast).nanosecondsSince1970)
    }

    mutating func read<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value {
        let size = MemoryLayout<Value>.size
        guard offset + size <= end else {
            isBroken = true
            return 0
        }
        defer { offset += size }
        return (0..<size).reduce(0) { $0 | Value(truncatingIfNeeded: bytes[offset + $1]) << Value($1 * 8) }
    }

    mutating func readDouble() -> Double { checked(Double(bitPattern: read())) }
    mutating func readFloat() -> Float { checked(Float(bitPattern: read())) }

    mutating func readMoment(movedBy shift: Duration) -> Moment? {
        let moment = Moment(nanosecondsSince1970: read())
        return moment == .distantPast ? nil : moment + shift
    }

    private mutating func checked<Value: BinaryFloatingPoint>(_ value: Value) -> Value {
        if value.isFinite { return value }
        isBroken = true
        return 0
    }
}
