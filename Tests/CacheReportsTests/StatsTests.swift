import CachePrices
import CacheReports
import Foundation
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import Testing
import WarmingPolicies

@Suite("Stats say what has become of the traffic")
struct StatsTests {
    /// 2026-06-15 12:00 UTC.
    private static let noon = Moment(secondsSince1970: 1_781_524_800)
    private static let model = ModelID("claude-sonnet-5-5")

    private static func arrival(_ at: Int, _ scope: String, read: Int = 0, write: Int = 0, wait: Int = 300) -> LedgerRow
    {
        let usage = Usage(input: 10, write5m: write, read: read, output: 5)
        return LedgerRow(
            .arrival, at: noon + .seconds(at), scope: scope, upstream: "anthropic", model: model,
            prefixes: [CoveredPrefix(key: scope, tokens: 10_000, lifetime: .fiveMinutes)], lifetime: .fiveMinutes,
            usage: usage, cost: PriceList.builtIn.cost(of: usage, model: model)?.total,
            cause: read == 0 ? (at == 0 ? .firstSight : .expired) : nil, timeToFirstToken: .milliseconds(wait))
    }

    private static func ping(_ at: Int, _ scope: String, read: Int) -> LedgerRow {
        let usage = Usage(input: 2, read: read)
        return LedgerRow(
            .ping, at: noon + .seconds(at), scope: scope, upstream: "anthropic", model: model,
            prefixes: [CoveredPrefix(key: scope, tokens: 10_000, lifetime: .fiveMinutes)], lifetime: .fiveMinutes,
            usage: usage, cost: PriceList.builtIn.cost(of: usage, model: model)?.total, reason: "due")
    }

    /// Two scopes over two hours and into the next day.
    private static let rows = [
        arrival(0, "support", write: 10_000, wait: 900), ping(285, "support", read: 10_000),
        arrival(400, "support", read: 10_000, wait: 300), arrival(3_700, "support", write: 10_000, wait: 1_100),
        arrival(20, "<b>other</b>", write: 5_000), ping(305, "<b>other</b>", read: 5_000),
        arrival(12 * 3_600, "<b>other</b>", write: 5_000),
    ]
    private static let hours = Stats.hours(of: rows, prices: .builtIn)

    @Test("Groups by scope add up to the total, with savings and costs")
    func byScope() throws {
        let stats = Stats(Self.hours, by: .scope)
        #expect(stats.groups.map(\.name) == ["support", "<b>other</b>"])
        let support = stats.groups[0].totals
        #expect(support.requests == 3 && support.coldStarts == 2 && support.pings == 1)
        #expect(support.hitRateTokens == 1 / 3.0 && support.hitRateRequests == 1 / 3.0)
        #expect(support.saved == .usd("0.024"))
        // 10,000 tokens read at 0.10 and 2 at 2.00 a million.
        #expect(support.pingCost == .usd("0.001004"))
        #expect(support.net == .usd("0.022996"))
        #expect(support.warmWaits.mean == 300 && support.coldWaits.mean == 1_000)
        #expect(stats.total == stats.groups.reduce(into: LedgerTotals()) { $0 += $1.totals })
        #expect(stats.total.causes[.expired] == 3 && stats.total.causes[.firstSight] == 1)
    }

    @Test("Hours and days are named in the zone asked for, in order")
    func byTime() throws {
        #expect(Stats(Self.hours, by: .day).groups.map(\.name) == ["2026-06-15", "2026-06-16"])
        let zone = try #require(TimeZone(identifier: "Asia/Kathmandu"))
        #expect(Stats(Self.hours, by: .hour, timeZone: zone).groups.first?.name == "2026-06-15 17:45")
        #expect(Stats(Self.hours, by: .model).groups.map(\.name) == ["claude-sonnet-5-5"])
    }

    @Test("Over time there is no gap: an hour without traffic is there, and empty")
    func overTime() {
        let stats = Stats(Self.hours, by: .scope)
        #expect(stats.overTime.count == 13)
        #expect(stats.overTime[5].totals == LedgerTotals())
        #expect(!stats.isByDay)
    }

    @Test("JSON has the names that scripts rely on, money as strings")
    func json() throws {
        let root = try JSONText(Array(Stats(Self.hours, by: .scope).json.text().utf8)).root
        #expect(root["since"]?.string == "2026-06-15T12:00:00Z" && root["until"]?.string == "2026-06-16T01:00:00Z")
        let group = try #require(root["groups"].flatMap { Array($0.elements).first })
        #expect(group["name"]?.string == "support")
        for name in ["requests", "cold_starts", "hit_rate_tokens", "hit_rate_requests", "pings"] {
            #expect(group[name]?.kind == .number, "\(name)")
        }
        #expect(group["ping_usd"]?.string == "0.001004" && group["net_usd"]?.string == "0.022996")
        #expect(root["total"]?["saved_usd"]?.string == "0.024")
    }

    @Test("Nothing recorded is no error and no rate")
    func empty() throws {
        let stats = Stats([], by: .scope)
        #expect(stats.total.hitRateTokens == nil)
        #expect(StatsText(stats).lines == ["nothing was recorded"])
        #expect(StatsPage(stats).html.contains("Nothing was recorded"))
        #expect(try JSONText(Array(stats.json.text().utf8)).root["groups"]?.isEmpty == true)
    }

    @Test("CSV quotes what needs it, and starts no formula")
    func csv() {
        let rows = [Self.arrival(0, "a,\"b\"", write: 1), Self.arrival(1, "=cmd()", write: 1)]
        let lines = Stats(Stats.hours(of: rows, prices: .builtIn), by: .scope).csv.split(separator: "\r\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("name,requests,cold_starts,"))
        #expect(lines[1].hasPrefix("'=cmd(),1,1,") && lines[2].hasPrefix("\"a,\"\"b\"\"\",1,1,"))
        #expect(lines.allSatisfy { $0.split(separator: ",").count >= lines[0].split(separator: ",").count - 2 })
    }

    @Test("The page stands alone, draws its charts, and takes no name for markup")
    func page() {
        let page = StatsPage(Stats(Self.hours, by: .scope)).html
        #expect(page.contains("&lt;b&gt;other&lt;/b&gt;") && !page.contains("<b>other"))
        for foreign in ["http://", "https://", "<script", "<link", "@import", "url("] {
            #expect(!page.contains(foreign), "\(foreign)")
        }
        #expect(page.components(separatedBy: "<svg").count - 1 == 4)
        #expect(page.contains("prefers-color-scheme: dark"))
        for bad in ["nan", "inf\"", "-0.0\""] { #expect(!page.contains(bad), "\(bad)") }
    }

    @Test("Lines for a terminal have bars, causes and what it came to")
    func text() {
        let lines = StatsText(Stats(Self.hours, by: .scope)).lines
        #expect(lines.contains { $0.contains("5 requests and 2 pings from 2026-06-15 12:00 to 2026-06-16 01:00 UTC") })
        #expect(lines.contains { $0.hasPrefix("support") && $0.contains("33.3%") && $0.contains("$0.023") })
        #expect(lines.contains { $0.contains("expired") && $0.contains("██████████ 3") })
    }
}
