// What one PostgreSQL carries, and what an arrival costs a replica. Benchmarks/fleet.sh starts a server and runs all.
//
//     FleetBenchmark claims URL       leases claimed and given back, as fast as they come
//     FleetBenchmark reservations URL money reserved and settled, as fast as it comes
//     FleetBenchmark touches URL      50,000 arrivals a second for 100,000 scopes, at one replica
//     FleetBenchmark arrivals URL     processor time of an arrival: a file beside a database and a fleet

let words = CommandLine.arguments.dropFirst()
switch words.first {
case "claims": try await Claims(url: words.last ?? "").run()
case "reservations": try await Reservations(url: words.last ?? "").run()
case "touches": try await Touches(url: words.last ?? "").run()
case "arrivals": try await Arrivals(url: words.last ?? "").run()
default: print("usage: FleetBenchmark claims | reservations | touches | arrivals URL")
}
