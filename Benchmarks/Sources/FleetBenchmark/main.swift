import Foundation
import ProcessFigures
import TestPostgres

// What a fleet asks of one PostgreSQL, and of the replicas themselves, beside the goals: claims, reservations, touches, and
// arrivals that are written down, held against the embedded store. The server is its own, on loopback, with Debian's
// settings, and is gone afterwards.
//
//     swift run -c release --package-path Benchmarks FleetBenchmark [touches] [beats] [claims] [money] [arrivals]
//
// Processor time says more than the wall where the machine is busy with other things. Ends with 1 if a goal is missed.

enum Part: String, CaseIterable {
    case touches, beats, claims, money, arrivals
}

func isGood(_ wanted: [Part]) async throws -> Bool {
    let postgres = try await PostgresFixture.start()
    // Every commit waits for the disk, as it does for others.
    try await postgres.stop()
    try await postgres.start(["fsync=on"])
    let server = try await Server(postgres)
    var report = Report()
    let processors = ProcessInfo.processInfo.activeProcessorCount
    report.tell("wanted of the machine's \(processors) processors as it begins", Figures.load, "")
    for part in wanted {
        switch part {
        case .touches: try await Touches.measure(server, &report)
        case .beats: try await Beats.measure(server, &report)
        case .claims: try await Claims.measure(server, &report)
        case .money: try await Money.measure(server, &report)
        case .arrivals: try await Arrivals.measure(server, &report)
        }
    }
    try await postgres.stop()
    return report.isGood
}

let arguments = CommandLine.arguments.dropFirst()
let parts = arguments.compactMap(Part.init)
guard parts.count == arguments.count else {
    FileHandle.standardError.write(Data("usage: FleetBenchmark [touches] [beats] [claims] [money] [arrivals]\n".utf8))
    exit(2)
}
exit(try await isGood(parts.isEmpty ? Part.allCases : parts) ? 0 : 1)
