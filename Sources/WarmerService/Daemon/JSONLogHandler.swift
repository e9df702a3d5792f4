import Foundation
public import Logging
import OrderedJSON

/// A log with an object in each line: `time`, `level`, `message`, and the metadata as strings.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets each line without its end; standard error unless told otherwise.
    public init(write: @escaping @Sendable (String) -> Void = Self.toStandardError) { self.write = write }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        var members = [
            JSONOutput.Member("time", .string(Date().formatted(.iso8601))),
            JSONOutput.Member("level", .string(event.level.rawValue)),
            JSONOutput.Member("message", .string(event.message.description)),
        ]
        let taken = Set(members.map(\.key))
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where !taken.contains(key) {
            members.append(JSONOutput.Member(key, .string("\(value)")))
        }
        write(JSONOutput.object(members).text())
    }

    /// Writes a line at once.
    public static let toStandardError: @Sendable (String) -> Void = { line in
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
