import OrderedJSON

extension NaiveJSON {
    /// What a node says that it is, through its public face alone.
    init(_ node: JSONNode) {
        switch node.kind {
        case .object:
            self = .object(
                node.members.map { Member(key: Self.units($0.key.decodedBytes), value: NaiveJSON($0.value)) })
        case .array: self = .array(node.elements.map { NaiveJSON($0) })
        case .string: self = .string(Self.units(node.decodedBytes))
        case .number: self = .number(String(decoding: node.bytes, as: UTF8.self))
        case .true, .false, .null: self = .word(String(decoding: node.bytes, as: UTF8.self))
        }
    }

    /// Code units of WTF-8: UTF-8 in which a lone surrogate is three bytes like any other number of its size.
    private static func units(_ bytes: [UInt8]) -> [UInt16] {
        var units: [UInt16] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == 0xED, bytes[at + 1] >= 0xA0 {
                units.append(0xD000 | UInt16(bytes[at + 1] & 0x3F) << 6 | UInt16(bytes[at + 2] & 0x3F))
                at += 3
            } else {
                let next = bytes[(at + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
                units += String(decoding: bytes[at..<next], as: UTF8.self).utf16
                at = next
            }
        }
        return units
    }
}
