import Foundation

/// A `LedgerWriter` of its own process, to be killed, and what it has said.
public final class WriterProcess {
    private let process = Process()
    private let output = Pipe()

    /// - Parameters:
    ///   - place: a file, or the URL of a database.
    ///   - budget: in picodollars.
    public init(_ place: String, budget: Int64, seed: Int) throws {
        // It is built beside the tests.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let products = URL(filePath: tests).deletingLastPathComponent()
        process.executableURL = products.appending(path: "LedgerWriter")
        process.arguments = [place, String(budget), String(seed)]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Reads so many lines, then kills it, and reads the rest.
    public func killed(afterLines count: Int) throws -> [String] {
        var data = Data()
        while data.count(where: { $0 == 0x0A }) < count {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            data += more
        }
        kill(process.processIdentifier, SIGKILL)
        data += try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        // The last line may be cut short; a whole one ends.
        let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }
}
