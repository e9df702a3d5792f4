/// What is wrong in a configuration or in a file that it names, where, and what to do.
public struct ConfigurationFault: Error, Hashable, Sendable {
    /// The file as the user would write it.
    public let file: String
    /// The line, from 1; nil for the file as a whole.
    public let line: Int?
    /// The column, from 1.
    public let column: Int?
    /// Where in the document, for example `scopes.0.policy`; empty for the whole.
    public let path: String
    /// What is wrong and what to do.
    public let message: String

    init(file: String, line: Int? = nil, column: Int? = nil, path: String = "", _ message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }
}

extension ConfigurationFault: CustomStringConvertible {
    /// One line: file, line, column, path, message.
    public var description: String {
        let place = ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
        return Self.line(path.isEmpty ? "\(place): \(message)" : "\(place): \(path): \(message)")
    }

    /// What the user wrote may hold line ends, and sequences that a terminal obeys.
    private static func line(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { line, scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
    }
}

/// All that is wrong with a configuration, in the order of the file.
public struct InvalidConfiguration: Error, Sendable {
    /// At least one.
    public let faults: [ConfigurationFault]
}

extension InvalidConfiguration: CustomStringConvertible {
    /// A line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
