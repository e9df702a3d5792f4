/// The escapes of JSON strings, both ways.
enum StringEscapes {
    /// Decodes what stands between the quotes of a checked string.
    ///
    /// - Parameters:
    ///   - raw: the written bytes.
    ///   - out: room for as many bytes; no escape is shorter than what it stands for.
    /// - Returns: how many bytes were decoded.
    static func decode(_ raw: Slice<UnsafeRawBufferPointer>, into out: UnsafeMutableRawBufferPointer) -> Int {
        guard let source = UnsafeRawBufferPointer(rebasing: raw).baseAddress, let target = out.baseAddress else {
            return 0
        }
        let end = raw.count
        var from = 0
        var to = 0
        while from < end {
            if from &+ 8 <= end {
                // Eight at a time; what is copied beyond a backslash is written over.
                let word = source.loadUnaligned(fromByteOffset: from, as: UInt64.self)
                target.storeBytes(of: word, toByteOffset: to, as: UInt64.self)
                let plain = BytesInWord.before(
                    BytesInWord.marks(of: UInt8(ascii: "\\"), in: UInt64(littleEndian: word)))
                from &+= plain
                to &+= plain
                if plain == 8 { continue }
            }
            let byte = source.load(fromByteOffset: from, as: UInt8.self)
            if byte == UInt8(ascii: "\\") {
                to &+= unescape(source, &from, end, into: target + to)
            } else {
                target.storeBytes(of: byte, toByteOffset: to, as: UInt8.self)
                from &+= 1
                to &+= 1
            }
        }
        return to
    }

    /// Decodes the escape at `from`, which moves behind it.
    private static func unescape(
        _ source: UnsafeRawPointer, _ from: inout Int, _ end: Int, into out: UnsafeMutableRawPointer
    ) -> Int {
        let letter = source.load(fromByteOffset: from + 1, as: UInt8.self)
        from += 2
        let byte: UInt8
        switch letter {
        case UInt8(ascii: "n"): byte = 0x0A
        case UInt8(ascii: "b"): byte = 0x08
        case UInt8(ascii: "f"): byte = 0x0C
        case UInt8(ascii: "r"): byte = 0x0D
        case UInt8(ascii: "t"): byte = 0x09
        case UInt8(ascii: "u"):
            var scalar = hexadecimal(source + from)
            from += 4
            if scalar & 0xFC00 == 0xD800, let low = lowSurrogate(source, from, end) {
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                from += 6
            }
            return encode(scalar, into: out)
        default: byte = letter  // quote, backslash, slash
        }
        out.storeBytes(of: byte, as: UInt8.self)
        return 1
    }

    private static func lowSurrogate(_ source: UnsafeRawPointer, _ at: Int, _ end: Int) -> UInt32? {
        guard end - at >= 6, source.loadUnaligned(fromByteOffset: at, as: UInt16.self).littleEndian == 0x755C else {
            return nil
        }
        let unit = hexadecimal(source + at + 2)
        return unit & 0xFC00 == 0xDC00 ? unit : nil
    }

    private static func hexadecimal(_ digits: UnsafeRawPointer) -> UInt32 {
        (0..<4).reduce(0) { value, offset in
            let digit = digits.load(fromByteOffset: offset, as: UInt8.self)
            return value << 4 | UInt32(digit <= UInt8(ascii: "9") ? digit & 0x0F : (digit & 0x0F) + 9)
        }
    }

    /// UTF-8, and also lone surrogates, which `Unicode.Scalar` cannot hold.
    private static func encode(_ scalar: UInt32, into out: UnsafeMutableRawPointer) -> Int {
        let length = scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
        let mark: UInt32 = [0, 0, 0xC0, 0xE0, 0xF0][length]
        var rest = scalar
        for at in (1..<length).reversed() {
            out.storeBytes(of: UInt8(0x80 | rest & 0x3F), toByteOffset: at, as: UInt8.self)
            rest >>= 6
        }
        out.storeBytes(of: UInt8(mark | rest), as: UInt8.self)
        return length
    }

    /// U+FFFD, once, in the place of every surrogate that stands alone in decoded bytes.
    static func replacingLoneSurrogates(in decoded: [UInt8]) -> [UInt8] {
        var out = decoded
        // In UTF-8 nothing beyond 0x9F follows 0xED. What comes instead is three bytes long, too.
        for at in out.indices.dropLast(2) where out[at] == 0xED && out[at + 1] >= 0xA0 {
            out.replaceSubrange(at..<at + 3, with: [0xEF, 0xBF, 0xBD])
        }
        return out
    }

    /// The string literal of decoded bytes, with its quotes: escaped is only what must be, and as shortly as can be.
    static func literal(of decoded: some Collection<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(decoded.count + decoded.count / 16 + 2)
        out.append(UInt8(ascii: "\""))
        for byte in decoded {
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                out.append(byte)
                continue
            }
            out.append(UInt8(ascii: "\\"))
            switch byte {
            case 0x08: out.append(UInt8(ascii: "b"))
            case 0x09: out.append(UInt8(ascii: "t"))
            case 0x0A: out.append(UInt8(ascii: "n"))
            case 0x0C: out.append(UInt8(ascii: "f"))
            case 0x0D: out.append(UInt8(ascii: "r"))
            case 0..<0x20: out += [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")] + hexadecimal(byte)
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
        return out
    }

    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        [byte >> 4, byte & 0x0F].map { $0 < 10 ? UInt8(ascii: "0") + $0 : UInt8(ascii: "a") + $0 - 10 }
    }
}

extension String {
    /// The string as a JSON string literal with its quotes, the way most encoders spell it: only what must be escaped is.
    public var jsonLiteral: [UInt8] { StringEscapes.literal(of: utf8) }
}
