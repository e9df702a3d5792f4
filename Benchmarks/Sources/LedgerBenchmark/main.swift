import Foundation

// What the ledger and the tools may cost: rows written a second, stats over ten million rows, and diff and lint of two
// requests of 1 MB.
//
//     swift run -c release --package-path Benchmarks LedgerBenchmark [ledger ROWS | tools]
//
// The ledger goes into a folder of its own in TMPDIR, 2.2 GB for ten million rows, and is removed at the end.

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "tools": try ToolTimes.measure()
case "ledger": try await LedgerTimes.measure(rows: arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000_000)
case nil:
    try ToolTimes.measure()
    try await LedgerTimes.measure(rows: 10_000_000)
default:
    FileHandle.standardError.write(Data("usage: LedgerBenchmark [ledger ROWS | tools]\n".utf8))
    exit(2)
}
