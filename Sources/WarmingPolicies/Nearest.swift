/// Finds what a misspelt name was meant to be.
enum Nearest {
    /// The known name with the fewest letters to change; nil where none is close.
    static func name(to name: String, among known: [String]) -> String? {
        let ranked = known.map { (distance(name.lowercased(), $0.lowercased()), $0) }
        guard let best = ranked.min(by: { $0.0 < $1.0 }), best.0 <= max(1, name.count / 3) else { return nil }
        return best.1
    }

    /// Letters to insert, drop or change (Levenshtein), one row of the table at a time.
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let change = diagonal + (letter == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
