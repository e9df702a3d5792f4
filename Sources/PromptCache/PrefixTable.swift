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

    /// Whether anything may be there of a trail.
    ///
    /// All are looked at whatever is found: the loads do not wait for each other then, and what they bring is at hand if
    /// there is something.
    package func mayHold(anyOf trail: PrefixTrail) -> Bool {
        var found = 0
        for key in trail.keys {
            let (word, mark) = spot(of: key)
            found += marks[word] & mark == mark ? 1 : 0
        }
        return found > 0
    }

    private func isMarked(_ place: PrefixPlace) -> Bool {
        let (word, mark) = spot(of: place.key)
        return marks[word] & mark == mark
    }

    /// Two bits of one word.
    private func spot(of key: PrefixKey) -> (word: Int, mark: UInt64) {
        let bits = key.bits
        return (Int(truncatingIfNeeded: bits >> 12) & (marks.count - 1), 1 << (bits & 63) | 1 << (bits >> 6 & 63))
    }

    private mutating func mark(_ place: PrefixPlace) {
        marked += 1
        if marked * Self.bitsForEach > marks.count * 64 {
            marks = Self.marks(for: 2 * values.count)
            marked = values.count
            for place in values.keys { setMark(of: place) }
        } else {
            setMark(of: place)
        }
    }

    private mutating func setMark(of place: PrefixPlace) {
        let (word, mark) = spot(of: place.key)
        marks[word] |= mark
    }

    /// A power of two of words.
    private static func marks(for count: Int) -> [UInt64] {
        let words = max(16, count * bitsForEach / 64)
        return Array(repeating: 0, count: 1 << (Int.bitWidth - (words - 1).leadingZeroBitCount))
    }
}

extension PrefixTable: Sendable where Value: Sendable {}
