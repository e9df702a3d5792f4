import Foundation

/// What the command knows of the terminal it writes to.
enum Terminal {
    /// Whether standard output is a terminal that takes colours and a moving cursor; never in a pipe.
    static let isLive = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
    /// Colours only on a terminal, and not where NO_COLOR asks for none.
    static let hasColor = isLive && (environment["NO_COLOR"] ?? "").isEmpty

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// Writes one line to standard error.
    static func complain(_ line: String) {
        FileHandle.standardError.write(Data("warmer: \(line)\n".utf8))
    }

    /// Writes to standard output at once, so that whoever reads a pipe sees each line as it comes.
    static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    static func print(_ line: String) { write(line + "\n") }

    enum Color: Int {
        case red = 31
        case green = 32
        case yellow = 33
        case blue = 34
        case gray = 90
    }

    static func paint(_ text: String, _ color: Color) -> String {
        hasColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}
