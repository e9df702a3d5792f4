import CachePrices
import OrderedJSON
import PromptCache
import WarmerService

/// A proxy's bill, for people and for scripts.
struct BillText {
    let bill: TrafficBill

    init(_ bill: TrafficBill) { self.bill = bill }

    private var causes: String {
        bill.coldStarts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    }

    /// One line.
    var line: String {
        var words = [
            "\(bill.requests) requests", "\(bill.hits) hits", "\(bill.firstSights) first sights",
            "\(bill.coldStartCount) cold starts" + (causes.isEmpty ? "" : " (\(causes))"),
            "spent \(bill.spent.short)", "\(bill.lost.short) of it again",
        ]
        words.append(warming)
        return words.joined(separator: "; ")
    }

    private var warming: String {
        if bill.pings > 0 || bill.saved > .zero {
            return "\(bill.pings) pings for \(bill.pingsSpent.short) saved \(bill.saved.short)"
        }
        return "warming would have saved at most \(bill.couldHaveSaved.short)"
    }

    /// A short table.
    var table: String {
        let rows = [
            ("requests", "\(bill.requests)"),
            ("hits", "\(bill.hits)"),
            ("first sights", "\(bill.firstSights)"),
            ("not cached", "\(bill.uncached)"),
            ("cold starts", "\(bill.coldStartCount)" + (causes.isEmpty ? "" : "  (\(causes))")),
            ("failed", "\(bill.unknown)"),
            ("spent", bill.spent.short),
            ("paid again", bill.lost.short),
            ("pings", warming),
        ]
        return rows.map { "\($0.padded(14))\($1)" }.joined(separator: "\n")
    }

    var json: JSONOutput {
        [
            "requests": .integer(bill.requests), "hits": .integer(bill.hits),
            "first_sights": .integer(bill.firstSights), "uncached": .integer(bill.uncached),
            "failed": .integer(bill.unknown), "batches": .integer(bill.batches),
            "cold_starts": .object(
                bill.coldStarts.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    JSONOutput.Member($0.key.rawValue, .integer($0.value))
                }),
            "usage": bill.usage.report, "spent_usd": .string(bill.spent.decimal),
            "lost_usd": .string(bill.lost.decimal), "pings": .integer(bill.pings),
            "pings_usd": .string(bill.pingsSpent.decimal), "saved_usd": .string(bill.saved.decimal),
            "could_have_saved_usd": .string(bill.couldHaveSaved.decimal),
        ]
    }
}
