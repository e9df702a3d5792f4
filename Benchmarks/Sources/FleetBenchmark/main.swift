import Foundation
import ProcessFigures
import TestPostgres

// What a fleet asks of one PostgreSQL, and of the replicas themselves, beside the goals: claims, reservations, touches, and
// arrivals that are written down, held against the embedded store. The server is its own, on loopback, with Debian's
// settings, and is gone afterwards.
//
//     swift run -c release --package-path Benchmarks FleetBenchmark
//
// Processor time says more than the wall where the machine is busy with other things. Ends with 1 if a goal is missed.

func isGood() async throws -> Bool {
    let postgres = try await PostgresFixture.start()
    // Every commit waits for the disk, as it does for others.
    try await postgres.stop()
    try await postgres.start(["fsync=on"])
    let server = try await Server(postgres)
    var report = Report()
    let processors = ProcessInfo.processInfo.activeProcessorCount
    report.tell("wanted of the machine's \(processors) processors as it begins", Figures.load, "")
    try await Touches.measure(server, &report)
    try await Claims.measure(server, &report)
    try await Money.measure(server, &report)
    try await Arrivals.measure(server, &report)
    try await postgres.stop()
    return report.isGood
}

exit(try await isGood() ? 0 : 1)
