import ArgumentParser
import Foundation
import OrderedJSON
import UnixSignals

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "The scopes of a running daemon, live, with the life left of each as a draining bar.",
        discussion: """
            Example:

              warmer top

            Ctrl-C ends it. In a pipe it prints one picture and ends.
            """)

    @OptionGroup var control: ControlOptions
    @Option(help: "Seconds between two pictures.") var every = 1.0

    func validate() throws {
        guard (0.2...3600).contains(every) else { throw ValidationError("--every \(every): from 0.2 to 3600 seconds") }
    }

    func run() async throws {
        let client = try control.client()
        guard Terminal.isLive else {
            let frame = try await frame(client, size: (width: 120, height: nil))
            for line in frame.lines { Terminal.print(line) }
            return
        }
        // The first answer comes before the screen changes: if there is no daemon, one line says so.
        var next = try await frame(client, size: Terminal.size)
        Terminal.write(Screen.enter)
        defer { Terminal.write(Screen.leave) }
        let isOver = Task { await UnixSignalsSequence(trapping: .sigint, .sigterm).first { _ in true } != nil }
        while true {
            Terminal.write(Screen.picture(next.lines))
            let pause = Task { try await Task.sleep(for: .seconds(every)) }
            let waiter = Task {
                _ = await isOver.value
                pause.cancel()
            }
            defer { waiter.cancel() }
            guard (try? await pause.value) != nil else { return }
            next = try await frame(client, size: Terminal.size)
        }
    }

    private func frame(_ client: ControlClient, size: (width: Int, height: Int?)) async throws -> TopFrame {
        let listing = try await client.get("/v1/scopes?limit=\(size.height ?? 1000)")
        let rows = (listing["scopes"]?.elements).map { $0.map(ScopeRow.init) } ?? []
        let summary = try await DaemonSummary(client)
        return TopFrame(
            summary: summary, rows: rows, found: listing["found"]?.integer ?? rows.count, width: size.width,
            height: size.height)
    }

    /// What a terminal obeys.
    private enum Screen {
        /// The other screen, without a cursor.
        static let enter = "\u{1B}[?1049h\u{1B}[?25l"
        static let leave = "\u{1B}[?25h\u{1B}[?1049l"

        /// Overwrites what was there, so that nothing flickers.
        static func picture(_ lines: [String]) -> String {
            "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J"
        }
    }
}

extension Terminal {
    /// As the terminal is now.
    fileprivate static var size: (width: Int, height: Int?) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
