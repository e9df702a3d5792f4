/// A prefix in the cache of a realm: of the workspace that a credential belongs to. Equal prefixes in different realms have
/// nothing to do with each other.
package struct PrefixPlace: Hashable, Sendable {
    package var realm: Int
    package var key: PrefixKey

    package init(realm: Int, key: PrefixKey) {
        self.realm = realm
        self.key = key
    }
}

/// Something for each of many prefixes.
///
/// A request asks for dozens of positions, of which hardly any is known. A few bits for each prefix fit into the processor's
/// caches where the values do not, and say no to nearly all the others.
package struct PrefixTable<Value> {
    private var values: [PrefixPlace: Value]
    private var marks: [UInt64]
    /// Prefixes marked since the marks were made; more than there are values where some have been taken out.
    private var marked = 0

    private static var bitsForEach: Int { 16 }

    package init(minimumCapacity: Int = 0) {
        values = Dictionary(minimumCapacity: minimumCapacity)
        marks = Self.marks(for: minimumCapacity)
    }

    package var count: Int { values.count }

    package subscript(place: PrefixPlace) -> Value? {
        get { isMarked(place) ? values[place] : nil }
        set {
            if let newValue {
                if values.updateValue(newValue, forKey: place) == nil { mark(place) }
            } else {
                values[place] = nil
            }
        }
    }

    private func isMarked(_ place: PrefixPlace) -> Bool {
        let bit = place.key.bits
        return marks[Int(truncatingIfNeeded: bit >> 6) & (marks.count - 1)] & 1 << (bit & 63) != 0
    }

    private mutating func mark(_ place: PrefixPlace) {
        marked += 1
        if marked * Self.bitsForEach > marks.count * 64 {
            marks = Self.marks(for: 2 * values.count)
            marked = values.count
            for place in values.keys { setBit(of: place) }
        } else {
            setBit(of: place)
        }
    }

    private mutating func setBit(of place: PrefixPlace) {
        let bit = place.key.bits
        marks[Int(truncatingIfNeeded: bit >> 6) & (marks.count - 1)] |= 1 << (bit & 63)
    }

    /// A power of two of words.
    private static func marks(for count: Int) -> [UInt64] {
        let words = max(16, count * bitsForEach / 64)
        return Array(repeating: 0, count: 1 << (Int.bitWidth - (words - 1).leadingZeroBitCount))
    }
}

extension PrefixTable: Sendable where Value: Sendable {}
