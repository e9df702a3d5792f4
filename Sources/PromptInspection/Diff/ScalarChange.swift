import OrderedJSON

/// What kind of change parts two texts or numbers.
enum ScalarChange {
    /// How far around the difference one looks for a date or an identifier.
    private static let reach = 64

    /// - Parameter at: the first byte that differs; the length of the shorter where it is the other's beginning.
    static func ofTexts(_ a: [UInt8], _ b: [UInt8], at: Int) -> DifferenceKind {
        if isSameButSpace(a, b) { return .whitespace }
        let start = max(0, at - reach)
        let left = spot(in: Array(a[start..<min(a.count, at + reach)]), at: at - start)
        let right = spot(in: Array(b[start..<min(b.count, at + reach)]), at: at - start)
        if let left, left == right { return left }
        return inOneOnly(a, b, at: at) ?? (countsUp(a, b, at: at) ? .counter : .text)
    }

    static func ofNumbers(_ a: JSONNode, _ b: JSONNode) -> DifferenceKind {
        guard let left = a.integer, let right = b.integer else { return .value }
        if left == right { return .value }
        let since1970 = 1_000_000_000...1_999_999_999
        let isTime = [1, 1000].contains { since1970.contains(left / $0) && since1970.contains(right / $0) }
        return isTime ? .timestamp : .counter
    }

    private static func spot(in window: [UInt8], at position: Int) -> DifferenceKind? {
        let spots = VolatileScanner.spots(in: window, words: true)
        let covering = spots.filter { $0.range.contains(position) || $0.range.upperBound == position }
        guard let kind = (covering.first { $0.kind != .date } ?? covering.first)?.kind else { return nil }
        return kind == .uuid ? .uuid : .timestamp
    }

    /// A date or an identifier, maybe with a few words around it, that one of both has in the place of other words or of
    /// nothing. Names of weekdays and months are words.
    private static func inOneOnly(_ a: [UInt8], _ b: [UInt8], at: Int) -> DifferenceKind? {
        var same = 0
        while same < min(a.count, b.count) - at, a[a.count - 1 - same] == b[b.count - 1 - same] { same += 1 }
        guard max(a.count, b.count) - same - at <= 2 * reach else { return nil }
        let kinds = [a, b].compactMap { kind(of: $0, within: at..<$0.count - same) }
        return kinds.count == 1 ? kinds[0] : nil
    }

    private static func kind(of text: [UInt8], within range: Range<Int>) -> DifferenceKind? {
        let start = max(0, range.lowerBound - reach)
        let end = min(text.count, range.upperBound + reach)
        let place = range.lowerBound - start..<range.upperBound - start
        let spot = VolatileScanner.spots(in: Array(text[start..<end])).first { $0.range.overlaps(place) }
        return spot.map { $0.kind == .uuid ? .uuid : .timestamp }
    }

    /// Whether a whole number stands here in both, and they are not the same.
    private static func countsUp(_ a: [UInt8], _ b: [UInt8], at: Int) -> Bool {
        var start = at
        while start > 0, VolatileScanner.isDigit(a[start - 1]) { start -= 1 }
        func digits(_ text: [UInt8]) -> ArraySlice<UInt8> { text[start...].prefix(while: VolatileScanner.isDigit) }
        let (left, right) = (digits(a), digits(b))
        func isWhole(_ text: [UInt8], _ number: ArraySlice<UInt8>) -> Bool {
            guard !number.isEmpty, number.count <= 18 else { return false }
            let before = number.startIndex > 0 ? text[number.startIndex - 1] : 0x20
            let behind = number.endIndex < text.count ? text[number.endIndex] : 0x20
            return !VolatileScanner.isLetter(before) && !VolatileScanner.isLetter(behind)
        }
        return isWhole(a, left) && isWhole(b, right)
    }

    private static func isSameButSpace(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        var (i, j) = (0, 0)
        while true {
            while i < a.count, isSpace(a[i]) { i += 1 }
            while j < b.count, isSpace(b[j]) { j += 1 }
            guard i < a.count, j < b.count else { return i == a.count && j == b.count }
            if a[i] != b[j] { return false }
            i += 1
            j += 1
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
