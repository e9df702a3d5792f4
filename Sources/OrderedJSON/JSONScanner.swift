/// One pass over the bytes: checks them against RFC 8259 and notes where each value stands.
///
/// Strings, which are nearly all of a prompt, are passed over 32 bytes at a time; everything else byte by byte. What is known
/// to stand in an earlier text as well is not read again.
struct JSONScanner {
    private let base: UnsafeRawPointer
    private let count: Int
    private let maximumDepth: Int
    private var at = 0
    private var tokens: [JSONText.Token] = []
    /// The arrays and objects that are open: their tokens, and the oddities before them.
    private var open: [(token: Int, oddities: Int)] = []
    /// How often something came that a minified text has not: white space, or an escape that is longer than it must be.
    private var oddities = 0

    /// - Parameter earlier: the index of a text whose first bytes are the same, and how many those are.
    static func scan(
        _ bytes: [UInt8], maximumDepth: Int, after earlier: (tokens: [JSONText.Token], shared: Int)? = nil
    ) throws(JSONFault) -> [JSONText.Token] {
        guard bytes.count < Int(UInt32.max) else {
            throw JSONFault(offset: 0, reason: "a JSON text must be smaller than 4 GiB")
        }
        let result: Result<[JSONText.Token], JSONFault> = bytes.withUnsafeBytes { buffer in
            // An empty array may have no base address; one byte of its own stands in, and is never read.
            guard let base = buffer.baseAddress, !buffer.isEmpty else {
                return .failure(JSONFault(offset: 0, reason: "expected a JSON value, found nothing"))
            }
            var scanner = JSONScanner(base: base, count: buffer.count, maximumDepth: maximumDepth)
            return Result { () throws(JSONFault) in try scanner.run(after: earlier) }
        }
        return try result.get()
    }

    private init(base: UnsafeRawPointer, count: Int, maximumDepth: Int) {
        self.base = base
        self.count = count
        self.maximumDepth = maximumDepth
        tokens.reserveCapacity(Swift.min(count / 64 + 8, 8192))
        open.reserveCapacity(16)
    }

    // MARK: Structure

    private mutating func run(
        after earlier: (tokens: [JSONText.Token], shared: Int)?
    ) throws(JSONFault) -> [JSONText.Token] {
        if let earlier { takeUp(earlier.tokens, shared: earlier.shared) }
        if tokens.isEmpty {
            skipWhitespace()
            try value()
        }
        while let parent = open.last?.token {
            skipWhitespace()
            let isObject = tokens[parent].kind == .object
            let isFirst = parent == tokens.count - 1
            let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            if peek == closing {
                at += 1
                close(parent)
                continue
            }
            if !isFirst {
                try expect(UInt8(ascii: ","), or: isObject ? "'}'" : "']'")
                skipWhitespace()
            }
            if isObject {
                guard peek == UInt8(ascii: "\"") else { throw fault("expected a key in quotes") }
                try string()
                skipWhitespace()
                try expect(UInt8(ascii: ":"), or: nil)
                skipWhitespace()
            }
            try value()
        }
        skipWhitespace()
        guard at == count else { throw fault("expected the end of the text") }
        return tokens
    }

    // MARK: Going on from an earlier text

    /// Goes to where the two texts may part: behind the last value that stands in both, within what is open there.
    private mutating func takeUp(_ earlier: [JSONText.Token], shared: Int) {
        guard earlier[0].kind.isContainer, earlier[0].start < shared, earlier[0].end >= shared else { return }
        var parent: Int? = 0
        var behind = 0
        while let current = parent { (parent, behind) = passWhole(in: current, of: earlier, shared: shared) }
        tokens.reserveCapacity(max(behind + 64, tokens.capacity))
        tokens.append(contentsOf: earlier[..<behind])
    }

    /// Opens an array or object, and passes over what stands in it in both texts.
    ///
    /// - Returns: the array or object in which they part, and the token behind everything that stands in both.
    private mutating func passWhole(
        in parent: Int, of earlier: [JSONText.Token], shared: Int
    ) -> (child: Int?, behind: Int) {
        open.append((parent, oddities))
        at = Int(earlier[parent].start) + 1
        let isObject = earlier[parent].kind == .object
        var child = parent + 1
        while child < earlier[parent].next {
            let value = isObject ? child + 1 : child
            // With the byte behind it, so that no number goes on there.
            let isWhole = earlier[value].end < shared
            guard isWhole || earlier[value].kind.isContainer && earlier[value].start < shared else { break }
            let place = child == parent + 1 ? at : at + 1
            let isAtPlace = earlier[child].start == place
            let isKeyed = !isObject || earlier[child].isMinified && earlier[value].start == earlier[child].end + 1
            if !isAtPlace || !isKeyed || isWhole && !earlier[value].isMinified { oddities += 1 }
            guard isWhole else { return (value, child) }
            at = Int(earlier[value].end)
            child = Int(earlier[value].next)
        }
        return (nil, child)
    }

    private mutating func value() throws(JSONFault) {
        switch peek {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): try begin(.object)
        case UInt8(ascii: "["): try begin(.array)
        case UInt8(ascii: "t"): try literal("true", .true)
        case UInt8(ascii: "f"): try literal("false", .false)
        case UInt8(ascii: "n"): try literal("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): try number()
        case nil: throw fault("expected a JSON value, found the end of the text")
        default: throw fault("expected a JSON value")
        }
    }

    private mutating func begin(_ kind: JSONKind) throws(JSONFault) {
        guard open.count < maximumDepth else { throw fault("nested deeper than \(maximumDepth) levels") }
        open.append((tokens.count, oddities))
        append(kind, from: at)
        at += 1
    }

    private mutating func close(_ parent: Int) {
        tokens[parent].isMinified = open.removeLast().oddities == oddities
        tokens[parent].end = UInt32(at)
        tokens[parent].next = UInt32(tokens.count)
    }

    private mutating func append(_ kind: JSONKind, from start: Int, hasEscapes: Bool = false, isMinified: Bool = true) {
        tokens.append(
            JSONText.Token(
                start: UInt32(start), end: UInt32(at), next: UInt32(tokens.count + 1), kind: kind,
                hasEscapes: hasEscapes, isMinified: isMinified))
    }

    // MARK: Scalars

    private mutating func literal(_ word: StaticString, _ kind: JSONKind) throws(JSONFault) {
        let start = at
        for offset in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[offset] else { throw fault("expected \(word)") }
            at += 1
        }
        append(kind, from: start)
    }

    private mutating func number() throws(JSONFault) {
        let start = at
        if peek == UInt8(ascii: "-") { at += 1 }
        if peek == UInt8(ascii: "0") { at += 1 } else { try digits() }
        if peek == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            at += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        append(.number, from: start)
    }

    private mutating func digits() throws(JSONFault) {
        let start = at
        while let byte = peek, Self.isDigit(byte) { at += 1 }
        if at == start { throw fault("expected a digit") }
    }

    private mutating func string() throws(JSONFault) {
        let start = at
        let odditiesBefore = oddities
        var hasEscapes = false
        var at = start &+ 1
        while true {
            if at &+ 32 <= count {
                let first = StringBytes.special(in: vector(at))
                let second = StringBytes.special(in: vector(at &+ 16))
                // A branch, so that the next load need not wait for where this one ends.
                if !StringBytes.any(first | second) {
                    at &+= 32
                    continue
                }
                at &+= StringBytes.before(first, second)
            }
            guard at < count else { throw fault("a string is not closed", at: at) }
            switch byte(at) {
            case UInt8(ascii: "\""):
                self.at = at &+ 1
                append(.string, from: start, hasEscapes: hasEscapes, isMinified: oddities == odditiesBefore)
                return
            case UInt8(ascii: "\\"):
                hasEscapes = true
                at = try behindEscape(at)
            case ..<0x20:
                throw fault("a control character must be escaped in a string", at: at)
            case 0x80...:
                at = try behindCharacter(at)
            default:
                at &+= 1
            }
        }
    }

    @inline(__always)
    private mutating func behindEscape(_ at: Int) throws(JSONFault) -> Int {
        guard at &+ 1 < count else { throw fault("a string is not closed", at: count) }
        switch byte(at &+ 1) {
        case UInt8(ascii: "n"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "t"), UInt8(ascii: "r"),
            UInt8(ascii: "b"), UInt8(ascii: "f"):
            return at &+ 2
        case UInt8(ascii: "/"):
            oddities &+= 1
            return at &+ 2
        case UInt8(ascii: "u"):
            // Also where it must be: then it costs a decoding, and no more.
            oddities &+= 1
            for digit in at + 2..<at + 6 where digit >= count || !Self.isHexadecimal(byte(digit)) {
                throw fault("expected four hexadecimal digits after \\u", at: digit)
            }
            return at &+ 6
        default:
            throw fault("no such escape in a string", at: at + 1)
        }
    }

    /// Table 3-7 of the Unicode standard: the well-formed byte sequences.
    @inline(__always)
    private func behindCharacter(_ at: Int) throws(JSONFault) -> Int {
        let second: ClosedRange<UInt8>
        let length: Int
        switch byte(at) {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw fault("not valid UTF-8", at: at)
        }
        guard at &+ length <= count, second.contains(byte(at &+ 1)),
            length < 3 || byte(at &+ 2) & 0xC0 == 0x80, length < 4 || byte(at &+ 3) & 0xC0 == 0x80
        else { throw fault("not valid UTF-8", at: at) }
        return at &+ length
    }

    // MARK: Bytes

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        let lowercase = byte | 0x20
        return isDigit(byte) || lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "f")
    }

    private func vector(_ offset: Int) -> SIMD16<Int8> {
        base.loadUnaligned(fromByteOffset: offset, as: SIMD16<Int8>.self)
    }

    private func byte(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

    private var peek: UInt8? { at < count ? byte(at) : nil }

    @inline(__always)
    private mutating func skipWhitespace() {
        guard at < count, byte(at) <= 0x20 else { return }
        let start = at
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at &+= 1 }
        if at > start { oddities &+= 1 }
    }

    @inline(__always)
    private mutating func expect(_ byte: UInt8, or other: StaticString?) throws(JSONFault) {
        guard peek == byte else { throw missing(byte, or: other) }
        at &+= 1
    }

    @inline(never)
    private func missing(_ byte: UInt8, or other: StaticString?) -> JSONFault {
        fault("expected '\(Character(Unicode.Scalar(byte)))'" + (other.map { " or \($0)" } ?? ""))
    }

    private func fault(_ reason: String) -> JSONFault { fault(reason, at: at) }

    private func fault(_ reason: String, at offset: Int) -> JSONFault { JSONFault(offset: offset, reason: reason) }
}
