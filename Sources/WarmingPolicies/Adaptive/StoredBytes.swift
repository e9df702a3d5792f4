import Foundation

/// Numbers packed into bytes, little end first, and stored as one base64 string: a scope's statistics take a third of what
/// they would as JSON numbers.
struct StoredBytes {
    private(set) var bytes: [UInt8]
    private var offset = 0
    /// Whether something was read that was not there, or is no number.
    private(set) var isBroken = false

    init() { bytes = [] }

    init?(base64: String) {
        guard let data = Data(base64Encoded: base64) else { return nil }
        bytes = Array(data)
    }

    var base64: String { Data(bytes).base64EncodedString() }
    var isAtEnd: Bool { offset == bytes.count }

    mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Double) { write(value.bitPattern) }
    mutating func write(_ value: Float) { write(value.bitPattern) }

    mutating func read<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value {
        let size = MemoryLayout<Value>.size
        guard offset + size <= bytes.count else {
            isBroken = true
            return 0
        }
        defer { offset += size }
        return (0..<size).reduce(0) { $0 | Value(truncatingIfNeeded: bytes[offset + $1]) << Value($1 * 8) }
    }

    mutating func readDouble() -> Double { checked(Double(bitPattern: read())) }
    mutating func readFloat() -> Float { checked(Float(bitPattern: read())) }

    private mutating func checked<Value: BinaryFloatingPoint>(_ value: Value) -> Value {
        if value.isFinite { return value }
        isBroken = true
        return 0
    }
}
