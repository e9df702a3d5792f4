/// The members of a body as raw text, found by counting brackets: a reading that shares nothing with the scanner.
struct TopLevel: Equatable {
    /// Keys and values as they are written, without the white space around them.
    var members: [[[UInt8]]] = []

    init(_ body: [UInt8]) {
        var depth = 0
        var inString = false
        var escaped = false
        var piece: [UInt8] = []
        var member: [[UInt8]] = []
        func trimmed(_ bytes: [UInt8]) -> [UInt8] {
            let isSpace: (UInt8) -> Bool = { [9, 10, 13, 32].contains($0) }
            return Array(Array(bytes.drop(while: isSpace)).reversed().drop(while: isSpace).reversed())
        }
        for byte in body {
            let character = Character(Unicode.Scalar(byte))
            if inString {
                piece.append(byte)
                if escaped {
                    escaped = false
                } else if byte == 92 {
                    escaped = true
                } else if byte == 34 {
                    inString = false
                }
                continue
            }
            switch character {
            case "\"": inString = true
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            default: break
            }
            let isOuter = depth == 1 && (character == "," || character == ":")
            let isEnd = depth == 0 && character == "}"
            if depth == 1 && character == "{" { continue }
            if isOuter || isEnd {
                member.append(trimmed(piece))
                piece = []
                if character != ":" {
                    if member != [[]] { members.append(member) }
                    member = []
                }
                if isEnd { return }
            } else if depth > 0 {
                piece.append(byte)
            }
        }
    }

    /// What a replay has to be: `max_tokens` in its place or in front, no `stream`, all others as they were.
    func replayed(maxTokens: Int) -> TopLevel {
        var expected = self
        let value = Array(String(maxTokens).utf8)
        if let place = members.firstIndex(where: { Self.isKey($0[0], "max_tokens") }) {
            expected.members[place][1] = value
        } else {
            expected.members.insert([Array(#""max_tokens""#.utf8), value], at: 0)
        }
        expected.members.removeAll { Self.isKey($0[0], "stream") }
        return expected
    }

    /// Whether a key as written means a name; escapes are only known as `\u00XX`.
    private static func isKey(_ written: [UInt8], _ name: String) -> Bool {
        let text = String(decoding: written.dropFirst().dropLast(), as: UTF8.self)
        let decoded = text.replacing(/\\u00([0-7][0-9a-fA-F])/) { match in
            String(Unicode.Scalar(UInt8(match.output.1, radix: 16)!))
        }
        return decoded == name
    }
}
