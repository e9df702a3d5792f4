/// Rows in the form that `COPY` takes as text.
struct CopyLines {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ row: [String?]) {
        for (place, value) in row.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: "\t")) }
            if let value { add(value) } else { bytes += #"\N"#.utf8 }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func add(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
            case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
            case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
            // A text of PostgreSQL's cannot hold it.
            case 0: bytes += "\u{FFFD}".utf8
            default: bytes.append(byte)
            }
        }
    }
}

extension [String?] {
    /// As a parameter that `unnest($1::…[])` takes.
    var asArray: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 40)
        for value in self {
            bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
            guard let value else {
                bytes += "NULL".utf8
                continue
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in value.utf8 {
                if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        return (bytes.isEmpty ? "{" : String(decoding: bytes, as: UTF8.self)) + "}"
    }
}

extension [Int64?] {
    /// As a parameter that `unnest($1::bigint[])` takes.
    var asArray: String { "{" + map { $0.map(String.init) ?? "NULL" }.joined(separator: ",") + "}" }
}
