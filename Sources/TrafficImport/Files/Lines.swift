import BodyCodings
import Foundation

/// Reads a file line by line, plain or gzip, however large it is.
struct Lines {
    let path: String

    private static let pieceSize = 1 << 18
    /// A line that is longer is taken for a file of another kind.
    private static let longestLine = 256 << 20

    /// Shows each line with its number, from 1, without its end.
    ///
    /// - Throws: ``TrafficFault`` if it cannot be read, and whatever `body` throws.
    func read(_ body: (_ number: Int, _ line: ArraySlice<UInt8>) throws -> Void) throws {
        let file = try open()
        defer { try? file.close() }
        var rest: [UInt8] = []
        var number = 0
        func take(_ bytes: ArraySlice<UInt8>) throws {
            var from = bytes.startIndex
            while let end = bytes[from...].firstIndex(of: UInt8(ascii: "\n")) {
                number += 1
                if rest.isEmpty {
                    try body(number, Self.trimmed(bytes[from..<end]))
                } else {
                    rest += bytes[from..<end]
                    try body(number, Self.trimmed(rest[...]))
                    rest.removeAll(keepingCapacity: true)
                }
                from = end + 1
            }
            rest += bytes[from...]
            if rest.count > Self.longestLine {
                throw TrafficFault(path, line: number + 1, "the line does not end; give a text file with short lines")
            }
        }

        var decoder: BodyDecoder?
        var isFirst = true
        while let piece = try piece(of: file) {
            if isFirst, piece.starts(with: [0x1F, 0x8B]) { decoder = try BodyDecoder(.gzip) }
            isFirst = false
            guard let decoder else {
                try take(piece[...])
                continue
            }
            decoder.take(piece)
            while let bytes = try decoded({ () throws(BodyCodingError) in try decoder.next() }) { try take(bytes) }
        }
        if let decoder { try decoded { () throws(BodyCodingError) in try decoder.finish() } }
        if !rest.isEmpty { try body(number + 1, Self.trimmed(rest[...])) }
    }

    private func open() throws(TrafficFault) -> FileHandle {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw TrafficFault(path, "there is no such file")
        }
        if isFolder.boolValue { throw TrafficFault(path, "it is a folder; name a file") }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw TrafficFault(path, "cannot be read; check its permissions")
        }
        return file
    }

    private func piece(of file: FileHandle) throws(TrafficFault) -> [UInt8]? {
        do {
            guard let data = try file.read(upToCount: Self.pieceSize), !data.isEmpty else { return nil }
            return Array(data)
        } catch {
            throw TrafficFault(path, "cannot be read to its end")
        }
    }

    private func decoded<Value>(_ work: () throws(BodyCodingError) -> Value) throws(TrafficFault) -> Value {
        do {
            return try work()
        } catch {
            throw TrafficFault(path, "\(error.reason); compress it again with gzip")
        }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }
}
