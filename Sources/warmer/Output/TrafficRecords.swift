import CachePrices
import CacheReports
import Foundation
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import TrafficImport
import WarmingPolicies

/// Traffic that others have recorded, as a report takes it.
struct TrafficRecords {
    private var rows: [LedgerRow] = []
    private let prices: PriceList
    private var leftOut = RecordedTraffic.LeftOut()

    /// Reads the files. What is left out of them is told on standard error.
    ///
    /// - Returns: nil where none are named.
    /// - Throws: a failure for a file without anything of use.
    init?(usage: [String], transcripts: String?, prices: String?, isQuiet: Bool) throws {
        guard !usage.isEmpty || transcripts != nil else { return nil }
        self.prices = try Prices.list(adding: prices)
        var progress = ProgressLine(isShown: !isQuiet)
        do {
            for file in usage {
                let traffic = try UsageFile.read(file)
                rows += traffic.ledgerRows(upstream: file, prices: self.prices)
                tell(traffic.leftOut, of: file)
            }
            if let transcripts {
                let folder = Files.expandingTilde(transcripts)
                let traffic = try Transcripts.read(folder) { progress.show("reading", $0) }
                progress.end()
                rows += traffic.ledgerRows(upstream: transcripts, prices: self.prices)
                tell(traffic.leftOut, of: transcripts)
            }
        } catch let fault as TrafficFault {
            throw Failure(.usage, "\(fault)")
        }
        tellUnpriced()
    }

    func hours(since start: Moment) -> [HourTotals] {
        Stats.hours(of: rows.filter { $0.at >= start }, prices: prices)
    }

    var leftOutReport: JSONOutput {
        [
            "broken_lines": .integer(leftOut.broken), "without_usage": .integer(leftOut.withoutUsage),
            "other_lines": .integer(leftOut.other),
        ]
    }

    private mutating func tell(_ more: RecordedTraffic.LeftOut, of name: String) {
        leftOut.broken += more.broken
        leftOut.withoutUsage += more.withoutUsage
        leftOut.other += more.other
        if let first = more.firstBroken {
            let more = more.broken > 1 ? ", with \(more.broken - 1) more like it" : ""
            Terminal.complain("\(first); left out\(more)")
        }
        if more.withoutUsage > 0 {
            Terminal.complain("\(name): responses without a believable usage are left out: \(more.withoutUsage)")
        }
    }

    private func tellUnpriced() {
        var counts: [String: Int] = [:]
        for row in rows where row.cost == nil { counts[row.model.name, default: 0] += 1 }
        for (model, count) in counts.sorted(by: { $0.key < $1.key }) {
            Terminal.complain(
                "no price is known for \(model), so what it cost is left out (requests: \(count)); add it with --prices"
            )
        }
    }
}
