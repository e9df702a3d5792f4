// What Benchmarks/proxy.py needs besides nginx and wrk:
//
//   ProxyBenchmark upstream PORT             a provider that always says the same
//   ProxyBenchmark first-event URL COUNT     how late the first event of a stream is, in µs, at the median
//   ProxyBenchmark streams URL COUNT         so many streams at once; says when all have begun, and ends with them
//   ProxyBenchmark cold URL COUNT            the same cold prompt so many times at once; how many wrote, how many read

import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
let url = arguments.count == 3 ? Target(arguments[1]) : nil
switch (arguments.first, url, Int(arguments.last ?? "")) {
case ("upstream", nil, let port?): try await Jobs.upstream(port: port)
case ("first-event", let url?, let count?): try await Jobs.firstEvent(url, count: count)
case ("streams", let url?, let count?): try await Jobs.streams(url, count: count)
case ("cold", let url?, let count?): try await Jobs.cold(url, count: count)
default:
    Jobs.say("usage: ProxyBenchmark upstream PORT | first-event URL COUNT | streams URL COUNT | cold URL COUNT")
    exit(2)
}
