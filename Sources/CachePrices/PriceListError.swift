/// What is wrong in a price file, where, and what to do about it.
public struct PriceListError: Error, Hashable, Sendable {
    /// The file's name as it was given.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column in bytes, from 1.
    public let column: Int
    /// The JSON path of the value at fault, for example `models.opus-5-5.read`; empty for the text as a whole.
    public let path: String
    /// What is wrong and what to do.
    public let message: String
}

extension PriceListError: CustomStringConvertible {
    /// One line: file, line, column, path, message.
    public var description: String {
        let place = "\(file):\(line):\(column): "
        return path.isEmpty ? place + message : "\(place)\(path): \(message)"
    }
}
