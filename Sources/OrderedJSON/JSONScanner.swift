/// One pass over the bytes: checks them against RFC 8259 and notes where each value stands.
///
/// Strings, which are nearly all of a prompt, are passed over eight bytes at a time; everything else byte by byte.
struct JSONScanner {
    private let base: UnsafeRawPointer
    private let count: Int
    private let maximumDepth: Int
    private var at = 0
    private var tokens: [JSONText.Token] = []
    /// The indices of the arrays and objects that are open.
    private var open: [Int] = []

    static func scan(_ bytes: [UInt8], maximumDepth: Int) throws(JSONFault) -> [JSONText.Token] {
        let result: Result<[JSONText.Token], JSONFault> = bytes.withUnsafeBytes { buffer in
            // An empty array may have no base address; one byte of its own stands in, and is never read.
            guard let base = buffer.baseAddress, !buffer.isEmpty else {
                return .failure(JSONFault(offset: 0, reason: "expected a JSON value, found nothing"))
            }
            var scanner = JSONScanner(base: base, count: buffer.count, maximumDepth: maximumDepth)
            return Result { () throws(JSONFault) in try scanner.run() }
        }
        return try result.get()
    }

    private init(base: UnsafeRawPointer, count: Int, maximumDepth: Int) {
        self.base = base
        self.count = count
        self.maximumDepth = maximumDepth
        tokens.reserveCapacity(Swift.min(count / 32 + 8, 4096))
    }

    // MARK: Structure

    private mutating func run() throws(JSONFault) -> [JSONText.Token] {
        skipWhitespace()
        try value()
        while let parent = open.last {
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
        open.append(tokens.count)
        append(kind, from: at)
        at += 1
    }

    private mutating func close(_ parent: Int) {
        open.removeLast()
        tokens[parent].end = UInt32(at)
        tokens[parent].next = UInt32(tokens.count)
    }

    private mutating func append(_ kind: JSONKind, from start: Int, hasEscapes: Bool = false) {
        tokens.append(
            JSONText.Token(
                start: UInt32(start), end: UInt32(at), next: UInt32(tokens.count + 1), kind: kind,
                hasEscapes: hasEscapes))
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
        var hasEscapes = false
        at += 1
        while true {
            skipPlainText()
            guard let byte = peek else { throw fault("a string is not closed") }
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                append(.string, from: start, hasEscapes: hasEscapes)
                return
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try escape()
            case ..<0x20:
                throw fault("a control character must be escaped in a string")
            case 0x80...:
                try multibyte(byte)
            default:
                at += 1
            }
        }
    }

    /// Passes over eight bytes at a time while none of them is a quote, a backslash, a control character or beyond ASCII,
    /// and stops at the first that is.
    private mutating func skipPlainText() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while at &+ 8 <= count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            // The top bit of a byte is set where it is zero (quote, backslash), below 0x20, or beyond ASCII. A borrow can
            // only mark bytes behind a true one, and the lowest mark is what counts.
            let marks =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word | word)
                & tops
            if marks != 0 {
                at &+= marks.trailingZeroBitCount >> 3
                return
            }
            at &+= 8
        }
        while let byte = peek, byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            at += 1
        }
    }

    private mutating func escape() throws(JSONFault) {
        at += 1
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 1
        case UInt8(ascii: "u"):
            at += 1
            for _ in 0..<4 {
                guard let byte = peek, Self.isHexadecimal(byte) else {
                    throw fault("expected four hexadecimal digits after \\u")
                }
                at += 1
            }
        default: throw fault("no such escape in a string")
        }
    }

    /// Table 3-7 of the Unicode standard: the well-formed byte sequences.
    private mutating func multibyte(_ lead: UInt8) throws(JSONFault) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw fault("not valid UTF-8")
        }
        guard at + length <= count, second.contains(byte(at + 1)) else { throw fault("not valid UTF-8") }
        for offset in 2..<Swift.max(length, 2) where byte(at + offset) & 0xC0 != 0x80 {
            throw fault("not valid UTF-8")
        }
        at += length
    }

    // MARK: Bytes

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        let lowercase = byte | 0x20
        return isDigit(byte) || lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "f")
    }

    private func byte(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }

    private var peek: UInt8? { at < count ? byte(at) : nil }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func expect(_ byte: UInt8, or other: String?) throws(JSONFault) {
        guard peek == byte else {
            let wanted = "'\(Character(Unicode.Scalar(byte)))'" + (other.map { " or \($0)" } ?? "")
            throw fault("expected \(wanted)")
        }
        at += 1
    }

    private func fault(_ reason: String) -> JSONFault { JSONFault(offset: at, reason: reason) }
}
