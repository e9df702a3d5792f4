import Synchronization

/// One line on a terminal that says how far long work has come; nothing in a pipe.
struct ProgressLine {
    private let isShown: Bool
    private var shown = ""

    init(isShown: Bool = true) { self.isShown = isShown && Terminal.isLive }

    mutating func show(_ what: String, _ share: Double) {
        guard isShown else { return }
        let line = "\(what)  \(Int(share * 100)) %"
        guard line != shown else { return }
        shown = line
        Terminal.write("\r\u{1B}[2K\(Terminal.paint(line, .gray))")
    }

    /// Wipes the line.
    mutating func end() {
        if !shown.isEmpty { Terminal.write("\r\u{1B}[2K") }
        shown = ""
    }
}

/// The same for work whose parts run side by side.
final class SharedProgressLine: Sendable {
    private let line = Mutex(ProgressLine())

    func show(_ what: String, _ share: Double) { line.withLock { $0.show(what, share) } }
    func end() { line.withLock { $0.end() } }
}
