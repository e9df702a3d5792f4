public import WarmingPolicies

/// A recorded trace from a CSV file, plain or gzip.
///
/// | column | what it is |
/// |---|---|
/// | `timestamp_ms` | when the request started, in milliseconds on any axis |
/// | `scope_id` | which prompt or conversation; any text |
/// | `prefix_tokens` | the tokens of its prefix: all of it, or where there are `new_tokens`, what it shares with the request before |
/// | `new_tokens` | what it adds to the cached prefix; without this column prefixes are of constant size |
/// | `awaits` | `tool`, `human` or `unknown`: what the conversation waits for afterwards; may be missing |
///
/// Other columns are passed over. Rows may be in any order.
public struct TraceFile: Sendable {
    /// The file as it was named.
    public let name: String
    public let trace: Trace

    /// Reads a trace.
    ///
    /// - Parameter horizon: until when pings after a scope's last request are charged. Unless given, what `manifest.json`
    ///   says in the file's folder or the one above, and without one the last request of the trace.
    /// - Throws: ``TrafficFault`` with the line of the first mistake.
    public init(_ path: String, horizon: Trace.Horizon? = nil) throws {
        name = path
        let manifest = try TraceManifest.entry(for: path)
        var rows: TraceRows?
        try Lines(path: path).read { number, line in
            if line.isEmpty { return }
            if rows == nil {
                rows = try TraceRows(header: line, file: path, line: number)
            } else {
                try rows?.add(line, number)
            }
        }
        guard let rows, !rows.requests.isEmpty else {
            throw TrafficFault(path, "has no requests; the first line names the columns, each other is one request")
        }
        trace = Trace(
            requests: rows.requests, horizon: horizon ?? manifest?.horizon ?? .lastArrival, isGrowing: rows.isGrowing,
            utcOffset: manifest?.utcOffset)
    }
}
