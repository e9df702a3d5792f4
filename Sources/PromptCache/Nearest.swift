/// Finds what a misspelt name was meant to be.
package enum Nearest {
    /// The known name with the fewest letters to change; nil where none is close.
    package static func name(to name: String, among known: [String]) -> String? {
        let ranked = known.map { (distance(name.lowercased(), $0.lowercased()), $0) }
        guard let best = ranked.min(by: { $0.0 < $1.0 }), best.0 <= max(1, name.count / 3) else { return nil }
        return best.1
    }

    /// Letters to insert, drop, change, or exchange with their neighbour (optimal string alignment).
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var table = (0...a.count).map { i in (0...b.count).map { i == 0 ? $0 : i } }
        for i in a.indices {
            for j in b.indices {
                var least = min(table[i][j + 1] + 1, table[i + 1][j] + 1, table[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, table[i - 1][j - 1] + 1) }
                table[i + 1][j + 1] = least
            }
        }
        return table[a.count][b.count]
    }
}
