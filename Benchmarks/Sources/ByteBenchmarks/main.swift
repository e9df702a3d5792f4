import Crypto
import OrderedJSON
import PromptCache
import SampleBodies

// Scan: bytes to a view of the request. Key: the view to the keys of its prefixes. Splice: the body of a ping out of the
// body of a request, against a plain copy of the same bytes.

func rounded(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
}

func line(_ cells: [String]) {
    let widths = [12, 22, 10, 10]
    print(
        zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }.joined(separator: " "))
}

line(["body", "what", "µs", "GB/s"])
for size in [60_000, 1_000_000] {
    let body = SampleBody.bytes(about: size)
    let request = try MessagesRequest(body)
    let context = RequestContext()
    let name = "\(body.count) B"

    func report(_ what: String, _ measurement: Measurement) {
        line([
            name, what, rounded(measurement.microseconds, 1), rounded(measurement.gigabytesPerSecond(body.count), 2),
        ])
    }

    report("scan (JSON only)", Measurement(size: body.count) { (try? JSONText(body).root.range.count) ?? 1 })
    report("scan", Measurement(size: body.count) { (try? MessagesRequest(body).blocks.count) ?? 1 })
    report("key", Measurement(size: body.count) { request.prefixes(in: context).count })
    report(
        "scan and key",
        Measurement(size: body.count) { (try? MessagesRequest(body).prefixes(in: context).count) ?? 1 })
    report("SHA-256 alone", Measurement(size: body.count) { Int(SHA256.hash(data: body).first { _ in true } ?? 0) + 2 })
    let copy = Measurement(size: body.count) {
        var out: [UInt8] = []
        out.reserveCapacity(body.count)
        out += body[...]
        return out.count
    }
    let splice = Measurement(size: body.count) { request.replay(maxTokens: 0).count }
    report("copy", copy)
    report("splice", splice)
    line([name, "splice / copy", rounded(splice.median / copy.median, 2)])
}
