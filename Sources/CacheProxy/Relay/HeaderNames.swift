/// A few names of headers. Most others are told apart by their length, without a look at their letters.
struct HeaderNames: Sendable {
    private let byLength: [[String]]

    /// - Parameter names: in lower case.
    init(_ names: [String]) {
        let longest = names.map(\.utf8.count).max() ?? 0
        byLength = (0...longest).map { length in names.filter { $0.utf8.count == length } }
    }

    /// Whether a name is one of them, in whatever case.
    func contains(_ name: String) -> Bool {
        let length = name.utf8.count
        guard length < byLength.count, !byLength[length].isEmpty else { return false }
        return byLength[length].contains(name.lowercased())
    }
}
