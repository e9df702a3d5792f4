/// A piece of text that is likely to be another one in the next request.
public struct VolatileSpot: Hashable, Sendable {
    /// What it looks like.
    public enum Kind: String, Hashable, Sendable {
        /// A date with a time of day, a time of day with seconds, or seconds since 1970.
        case timestamp
        /// A date alone, or the name of a weekday or month: harmless in prose, but what differs where it differs.
        case date
        /// Eight, four, four, four and twelve hexadecimal digits.
        case uuid = "UUID"
    }

    public var kind: Kind
    /// Where it stands in the decoded text, in bytes.
    public var range: Range<Int>
}

/// Finds what looks like a time or an identifier in UTF-8 text, in one pass.
///
/// Nearly all of a prompt is letters and spaces; only a hyphen, a colon, a slash or the end of a run of digits makes the
/// scanner look closer.
struct VolatileScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var found: [VolatileSpot] = []

    /// - Parameter words: whether names of weekdays and months count as dates.
    static func spots(in text: [UInt8], words: Bool = false) -> [VolatileSpot] {
        text.withUnsafeBufferPointer { buffer in
            var scanner = VolatileScanner(text: buffer)
            scanner.scan()
            if words { scanner.scanWords() }
            return scanner.found.sorted { $0.range.lowerBound < $1.range.lowerBound }
        }
    }

    private init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private mutating func scan() {
        var at = 0
        var digits = 0
        while at < text.count {
            let byte = text[at]
            if Self.isDigit(byte) {
                digits += 1
            } else {
                if digits >= 10 { epoch(at - digits..<at) }
                digits = 0
                switch byte {
                case UInt8(ascii: "-"): at = dated(at) ?? identified(at) ?? at
                case UInt8(ascii: ":"): at = timed(at) ?? at
                case UInt8(ascii: "/"): at = slashed(at) ?? at
                default: break
                }
            }
            at += 1
        }
        if digits >= 10 { epoch(text.count - digits..<text.count) }
    }

    // MARK: Shapes

    /// `2026-11-25`, with a time behind it or without. Returns the last byte that it takes.
    private mutating func dated(_ hyphen: Int) -> Int? {
        guard digits(hyphen - 4, 4), !digit(hyphen - 5), digits(hyphen + 1, 2), byte(hyphen + 3) == UInt8(ascii: "-"),
            digits(hyphen + 4, 2), !digit(hyphen + 6), number(hyphen + 1) <= 12, number(hyphen + 4) <= 31
        else { return nil }
        var end = hyphen + 6
        let separator = byte(end)
        guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " "), let time = time(at: end + 1) else {
            return add(.date, hyphen - 4..<end)
        }
        end = time
        if byte(end) == UInt8(ascii: "Z") { end += 1 }
        return add(.timestamp, hyphen - 4..<end)
    }

    /// `11/25/2026`, with a time behind it or without.
    private mutating func slashed(_ slash: Int) -> Int? {
        let before = run(endingAt: slash)
        guard (1...2).contains(before),
            let second = (1...2).first(where: {
                digits(slash + 1, $0) && byte(slash + 1 + $0) == UInt8(ascii: "/")
            }), digits(slash + second + 2, 4), !digit(slash + second + 6)
        else { return nil }
        let end = slash + second + 6
        return add(.date, slash - before..<end)
    }

    /// `10:05:31`, with a fraction or without.
    private mutating func timed(_ colon: Int) -> Int? {
        guard digits(colon - 2, 2), !digit(colon - 3), let end = time(at: colon - 2), end > colon + 3 else {
            return nil
        }
        return add(.timestamp, colon - 2..<end)
    }

    /// `3f2504e0-4f89-41d3-9a0c-0305e82c3301`, seen from its first hyphen.
    private mutating func identified(_ hyphen: Int) -> Int? {
        let start = hyphen - 8
        guard start >= 0, start + 36 <= text.count, !isHex(start - 1), !isHex(start + 36) else { return nil }
        for offset in 0..<36 {
            let isHyphen = [8, 13, 18, 23].contains(offset)
            guard isHyphen ? text[start + offset] == UInt8(ascii: "-") : isHex(start + offset) else { return nil }
        }
        return add(.uuid, start..<start + 36)
    }

    /// Seconds or milliseconds since 1970, from 2001 to 2033.
    private mutating func epoch(_ range: Range<Int>) {
        guard range.count == 10 || range.count == 13, text[range.lowerBound] == UInt8(ascii: "1") else { return }
        if let last = found.last, last.range.overlaps(range) { return }
        _ = add(.timestamp, range)
    }

    /// The end of a time of day; hours and minutes at least.
    private func time(at start: Int) -> Int? {
        guard digits(start, 2), number(start) < 24, byte(start + 2) == UInt8(ascii: ":"), digits(start + 3, 2),
            number(start + 3) < 60, !digit(start + 5)
        else { return nil }
        guard byte(start + 5) == UInt8(ascii: ":"), digits(start + 6, 2), !digit(start + 8) else { return start + 5 }
        guard byte(start + 8) == UInt8(ascii: "."), digit(start + 9) else { return start + 8 }
        var end = start + 9
        while digit(end) { end += 1 }
        return end
    }

    // MARK: Words

    private static let names: Set<String> = {
        let long = [
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february",
            "march",
            "april", "may", "june", "july", "august", "september", "october", "november", "december",
        ]
        return Set(long + long.map { String($0.prefix(3)) })
    }()

    private mutating func scanWords() {
        var start: Int?
        for at in 0...text.count {
            if at < text.count, Self.isLetter(text[at]) {
                if start == nil { start = at }
            } else if let from = start {
                start = nil
                guard (3...9).contains(at - from) else { continue }
                let word = String(decoding: text[from..<at], as: UTF8.self).lowercased()
                if Self.names.contains(word) { _ = add(.date, from..<at) }
            }
        }
    }

    // MARK: Bytes

    private mutating func add(_ kind: VolatileSpot.Kind, _ range: Range<Int>) -> Int {
        found.append(VolatileSpot(kind: kind, range: range))
        return range.upperBound - 1
    }

    private func byte(_ at: Int) -> UInt8? { text.indices.contains(at) ? text[at] : nil }
    private func digit(_ at: Int) -> Bool { byte(at).map(Self.isDigit) ?? false }
    private func digits(_ at: Int, _ count: Int) -> Bool { (at..<at + count).allSatisfy(digit) }
    private func number(_ at: Int) -> Int { Int(text[at] & 0x0F) * 10 + Int(text[at + 1] & 0x0F) }

    private func isHex(_ at: Int) -> Bool {
        guard let byte = byte(at) else { return false }
        return Self.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private func run(endingAt end: Int) -> Int {
        var count = 0
        while digit(end - 1 - count) { count += 1 }
        return count
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
}
