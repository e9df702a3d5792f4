/// Reads plain decimals exactly: digits, and perhaps a point and more digits. No floating point is involved.
enum DecimalText {
    enum Fault: Error, Hashable {
        case notANumber
        case negative
        /// More decimals than the scale holds, trailing zeros not counted.
        case tooFine
        /// Does not fit in 64 bits.
        case tooLarge
    }

    /// The number times 10^scale.
    static func read(_ text: some StringProtocol, scale: Int) throws(Fault) -> Int64 {
        var digits = Array(text.utf8)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }), let whole = parts.first else {
            throw .notANumber
        }
        if isNegative { throw .negative }

        var fraction = parts.count > 1 ? parts[1] : []
        while fraction.last == UInt8(ascii: "0") { fraction = fraction.dropLast() }
        guard fraction.count <= scale else { throw .tooFine }

        let padding = repeatElement(UInt8(ascii: "0"), count: scale - fraction.count)
        var value: Int64 = 0
        for digit in [whole, fraction, Array(padding)[...]].joined() {
            let (times, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = times.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            if overflows || overflowsToo { throw .tooLarge }
            value = sum
        }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
