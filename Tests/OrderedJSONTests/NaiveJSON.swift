/// A JSON value read by the most obvious parser there is: the reference that the scanner is held against.
///
/// Written to share no idea with it: recursive, over an array, deciding about UTF-8 and surrogates by the standard library.
indirect enum NaiveJSON: Equatable {
    case object([Member])
    case array([NaiveJSON])
    /// Decoded into code units of UTF-16, where lone surrogates have a place.
    case string([UInt16])
    case number(String)
    case word(String)

    struct Member: Equatable {
        var key: [UInt16]
        var value: NaiveJSON
    }

    /// Nil for anything that RFC 8259 does not allow.
    init?(_ bytes: [UInt8]) {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var parser = NaiveParser(rest: bytes[...])
        guard let value = parser.element(), parser.rest.isEmpty else { return nil }
        self = value
    }
}

private struct NaiveParser {
    var rest: ArraySlice<UInt8>

    /// A value with white space around it.
    mutating func element() -> NaiveJSON? {
        skipSpace()
        defer { skipSpace() }
        switch rest.first {
        case UInt8(ascii: "{"): return object()
        case UInt8(ascii: "["): return array()
        case UInt8(ascii: "\""): return string().map(NaiveJSON.string)
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    mutating func skipSpace() { rest = rest.drop { [9, 10, 13, 32].contains($0) } }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func word(_ word: String) -> NaiveJSON? {
        guard rest.starts(with: word.utf8) else { return nil }
        rest = rest.dropFirst(word.utf8.count)
        return .word(word)
    }

    mutating func object() -> NaiveJSON? {
        guard take("{") else { return nil }
        skipSpace()
        if take("}") { return .object([]) }
        var members: [NaiveJSON.Member] = []
        repeat {
            skipSpace()
            guard let key = string() else { return nil }
            skipSpace()
            guard take(":"), let value = element() else { return nil }
            members.append(.init(key: key, value: value))
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    mutating func array() -> NaiveJSON? {
        guard take("[") else { return nil }
        skipSpace()
        if take("]") { return .array([]) }
        var elements: [NaiveJSON] = []
        repeat {
            guard let element = element() else { return nil }
            elements.append(element)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    mutating func number() -> NaiveJSON? {
        let spelled = String(decoding: rest.prefix { "+-.eE0123456789".utf8.contains($0) }, as: UTF8.self)
        guard spelled.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil else { return nil }
        rest = rest.dropFirst(spelled.utf8.count)
        return .number(spelled)
    }

    mutating func string() -> [UInt16]? {
        guard take("\"") else { return nil }
        var units: [UInt16] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return units
            case 0..<32: return nil
            case UInt8(ascii: "\\"):
                guard let unit = escaped() else { return nil }
                units.append(unit)
            default:
                let tail = rest.prefix { $0 & 0xC0 == 0x80 }
                units += String(decoding: [byte] + tail, as: UTF8.self).utf16
                rest = rest.dropFirst(tail.count)
            }
        }
        return nil
    }

    mutating func escaped() -> UInt16? {
        guard let letter = rest.popFirst() else { return nil }
        let plain: [Unicode.Scalar: UInt16] = [
            "\"": 34, "\\": 92, "/": 47, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
        ]
        if let unit = plain[Unicode.Scalar(letter)] { return unit }
        guard letter == UInt8(ascii: "u"), rest.count >= 4 else { return nil }
        let digits = String(decoding: rest.prefix(4), as: UTF8.self)
        rest = rest.dropFirst(4)
        // `UInt16` would also take a sign.
        return digits.wholeMatch(of: /[0-9a-fA-F]{4}/) == nil ? nil : UInt16(digits, radix: 16)
    }
}
