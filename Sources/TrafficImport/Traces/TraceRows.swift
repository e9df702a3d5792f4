import WarmingPolicies

/// The rows of a trace as they are read, with scopes numbered in the order in which they appear.
struct TraceRows {
    private let file: String
    private let columns: Columns
    private var scopes: [[UInt8]: Int] = [:]
    private(set) var requests: [TraceRequest] = []

    private struct Columns {
        var count: Int
        var timestamp: Int
        var scope: Int
        var prefix: Int
        var new: Int?
        var awaits: Int?
    }

    /// More than any context and any year, and small enough that no sum overflows.
    private static let largestTokens: Int64 = 1_000_000_000
    private static let largestTime: Int64 = 4_102_444_800_000  // the year 2100

    var isGrowing: Bool { columns.new != nil }

    init(header: ArraySlice<UInt8>, file: String, line: Int) throws(TrafficFault) {
        self.file = file
        let names = Self.fields(header).map { String(decoding: $0, as: UTF8.self) }
        func column(_ name: String) throws(TrafficFault) -> Int {
            if let index = names.firstIndex(of: name) { return index }
            throw TrafficFault(
                file, line: line,
                "there is no column \(name); the first line must name timestamp_ms, scope_id and prefix_tokens, and for "
                    + "growing conversations new_tokens")
        }
        columns = Columns(
            count: names.count, timestamp: try column("timestamp_ms"), scope: try column("scope_id"),
            prefix: try column("prefix_tokens"), new: names.firstIndex(of: "new_tokens"),
            awaits: names.firstIndex(of: "awaits"))
    }

    mutating func add(_ line: ArraySlice<UInt8>, _ number: Int) throws(TrafficFault) {
        let fields = Self.fields(line)
        guard fields.count == columns.count else {
            throw TrafficFault(
                file, line: number, "has \(fields.count) fields where the first line names \(columns.count) columns")
        }
        func integer(_ column: Int, _ name: String, _ range: ClosedRange<Int64>) throws(TrafficFault) -> Int64 {
            guard let value = Self.integer(fields[column]), range.contains(value) else {
                let text = String(decoding: fields[column].prefix(20), as: UTF8.self)
                throw TrafficFault(
                    file, line: number,
                    "\(name) is '\(text)': give a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        let time = try integer(columns.timestamp, "timestamp_ms", -Self.largestTime...Self.largestTime)
        let prefix = Int(try integer(columns.prefix, "prefix_tokens", 0...Self.largestTokens))
        let new = try columns.new.map { column throws(TrafficFault) in
            Int(try integer(column, "new_tokens", 0...Self.largestTokens))
        }
        var awaits = Awaits.unknown
        if let column = columns.awaits, !fields[column].isEmpty {
            let text = String(decoding: fields[column], as: UTF8.self)
            guard let known = Awaits(rawValue: text) else {
                throw TrafficFault(file, line: number, "awaits is '\(text)': there are tool, human and unknown")
            }
            awaits = known
        }
        let name = Array(fields[columns.scope])
        guard !name.isEmpty else { throw TrafficFault(file, line: number, "scope_id is empty") }
        let scope = scopes[name] ?? scopes.count
        scopes[name] = scope
        requests.append(
            TraceRequest(
                start: Moment(nanosecondsSince1970: time * 1_000_000), scope: scope, prefixTokens: prefix,
                newTokens: new ?? 0, awaits: awaits))
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { field in
            var field = field
            while field.first == UInt8(ascii: " ") { field.removeFirst() }
            while field.last == UInt8(ascii: " ") { field.removeLast() }
            return field
        }
    }

    private static func integer(_ field: ArraySlice<UInt8>) -> Int64? {
        guard field.count <= 15 else { return nil }
        return Int64(String(decoding: field, as: UTF8.self))
    }
}
