/// The escapes of JSON strings, both ways.
enum StringEscapes {
    /// Decodes what stands between the quotes of a checked string.
    static func decode(_ raw: ArraySlice<UInt8>, into out: inout [UInt8]) {
        out.reserveCapacity(out.count + raw.count)
        var at = raw.startIndex
        while at < raw.endIndex {
            let stop = raw[at...].firstIndex(of: UInt8(ascii: "\\")) ?? raw.endIndex
            out.append(contentsOf: raw[at..<stop])
            guard stop < raw.endIndex else { return }
            at = stop + 2
            switch raw[stop + 1] {
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = hexadecimal(raw[at..<at + 4])
                at += 4
                if scalar & 0xFC00 == 0xD800, let low = lowSurrogate(in: raw, at: at) {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                    at += 6
                }
                appendUTF8(scalar, to: &out)
            case let literal: out.append(literal)  // quote, backslash, slash
            }
        }
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

    private static func lowSurrogate(in raw: ArraySlice<UInt8>, at: Int) -> UInt32? {
        guard raw.endIndex - at >= 6, raw[at] == UInt8(ascii: "\\"), raw[at + 1] == UInt8(ascii: "u") else {
            return nil
        }
        let unit = hexadecimal(raw[at + 2..<at + 6])
        return unit & 0xFC00 == 0xDC00 ? unit : nil
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32 {
        digits.reduce(0) { value, digit in
            value << 4 | UInt32(digit <= UInt8(ascii: "9") ? digit & 0x0F : (digit & 0x0F) + 9)
        }
    }

    /// Also encodes lone surrogates, which `Unicode.Scalar` cannot hold.
    private static func appendUTF8(_ scalar: UInt32, to out: inout [UInt8]) {
        switch scalar {
        case 0..<0x80:
            out.append(UInt8(scalar))
        case 0x80..<0x800:
            out.append(UInt8(0xC0 | scalar >> 6))
            out.append(UInt8(0x80 | scalar & 0x3F))
        case 0x800..<0x10000:
            out.append(UInt8(0xE0 | scalar >> 12))
            out.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            out.append(UInt8(0x80 | scalar & 0x3F))
        default:
            out.append(UInt8(0xF0 | scalar >> 18))
            out.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            out.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            out.append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}

extension String {
    /// The string as a JSON string literal with its quotes, the way most encoders spell it: only what must be escaped is.
    public var jsonLiteral: [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "\"")]
        out.reserveCapacity(utf8.count + 2)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case 0x0A: out += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 0x0D: out += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case 0x09: out += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            case 0..<0x20:
                let hex = Array("0123456789abcdef".utf8)
                out += Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 0x0F)]]
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
        return out
    }
}
