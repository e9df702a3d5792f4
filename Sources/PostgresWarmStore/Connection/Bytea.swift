/// Bytes as PostgreSQL writes them: `\x` and two hexadecimal digits for each.
extension [UInt8] {
    var asBytea: String {
        var text = #"\x"#
        for byte in self { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return text
    }

    init(bytea text: String) {
        let digits = [UInt8](text.utf8.dropFirst(2))
        self = stride(from: 0, to: digits.count - 1, by: 2).map { place in
            UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16) ?? 0
        }
    }
}
