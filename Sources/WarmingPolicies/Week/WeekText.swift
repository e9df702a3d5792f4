import PromptCache

/// Reads days and times of the week as people write them: `Mon-Fri 08:00-20:00, Sat 10:00-14:00`.
enum WeekText {
    /// Some days of the week, Monday = 0.
    typealias Days = Set<Int>

    private static let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    static let everyDay: Days = Set(0...6)

    /// The alternatives of a text, each with its days and the rest behind them.
    ///
    /// A part that names only days lends them to the next, so that `Sat, Sun 10:00-14:00` means what it says. Only
    /// a text of one part may leave the days out: then it means every day.
    static func alternatives(_ text: String) throws(WeekTextError) -> [(days: Days, times: Substring)] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
        guard parts.contains(where: { !$0.isEmpty }) else {
            throw WeekTextError(text, "is empty: write for example Mon-Fri 08:00-20:00")
        }
        var found: [(days: Days, times: Substring)] = []
        var waiting: Days = []
        for part in parts {
            guard let first = part.first else { throw WeekTextError(text, "has a comma too many") }
            if first.isNumber {
                guard parts.count == 1 else {
                    throw WeekTextError(text, "does not say on which days '\(part)' is: put them before it")
                }
                return [(everyDay, part)]
            }
            let end = part.firstIndex(where: \.isNumber) ?? part.endIndex
            waiting.formUnion(try days(part[..<end].trimmed, in: text))
            if end == part.endIndex { continue }
            found.append((waiting, part[end...]))
            waiting = []
        }
        guard waiting.isEmpty else { throw WeekTextError(text, "ends with days that have no time") }
        return found
    }

    /// `Mon`, `Mon-Fri`, `Fri-Mon` or `daily`.
    private static func days(_ text: Substring, in whole: String) throws(WeekTextError) -> Days {
        if text.lowercased() == "daily" { return everyDay }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { $0.trimmed }
        guard let first = ends.first, let last = ends.last, ends.count <= 2 else {
            throw WeekTextError(whole, "has days '\(text)', which should be one such as Mon or a range such as Mon-Fri")
        }
        let from = try day(first, in: whole)
        var days: Days = [from]
        let to = try day(last, in: whole)
        var day = from
        while day != to {
            day = (day + 1) % 7
            days.insert(day)
        }
        return days
    }

    private static func day(_ text: Substring, in whole: String) throws(WeekTextError) -> Int {
        let lowered = text.lowercased()
        if let day = names.firstIndex(where: { $0 == lowered || $0.prefix(3) == lowered }) { return day }
        let short = names.map { String($0.prefix(3)) }
        let near = Nearest.name(to: lowered, among: short + names + ["daily"])
        let hint = near.map { "did you mean \($0.prefix(1).uppercased() + $0.dropFirst())? " } ?? ""
        throw WeekTextError(whole, "has the day '\(text)', which is not known: \(hint)days are Mon to Sun, or daily")
    }

    /// Minutes since midnight of `HH:MM`; `24:00` only where it ends something.
    static func minutes(_ text: Substring, isEnd: Bool, in whole: String) throws(WeekTextError) -> Int {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isDigits = parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        guard parts.count == 2, isDigits, (1...2).contains(parts[0].count), parts[1].count == 2,
            let hours = Int(parts[0]), let minutes = Int(parts[1])
        else {
            throw WeekTextError(whole, "has the time '\(text)', which should be hours and minutes such as 08:00")
        }
        let time = hours * 60 + minutes
        guard minutes < 60, time <= 24 * 60, isEnd || time < 24 * 60 else {
            throw WeekTextError(whole, "has the time '\(text)', which no day has")
        }
        return time
    }

    /// Days as they are read: `Mon-Fri`, `Sat`, `daily`, or several of them.
    static func write(_ days: Days) -> String {
        if days == everyDay { return "daily" }
        let short = names.map { $0.prefix(1).uppercased() + $0.dropFirst().prefix(2) }
        var ranges: [String] = []
        for first in 0...6 where days.contains(first) && !days.contains((first + 6) % 7) {
            var last = first
            while days.contains((last + 1) % 7) { last = (last + 1) % 7 }
            ranges.append(first == last ? short[first] : "\(short[first])-\(short[last])")
        }
        return ranges.joined(separator: ", ")
    }

    static func write(minutes: Int) -> String {
        let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
