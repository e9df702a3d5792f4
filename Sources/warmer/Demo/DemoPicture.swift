import CachePrices
import WarmingPolicies

/// What the demonstration shows: a picture that moves on a terminal, and a table at the end.
struct DemoPicture {
    let strategies: [DemoStrategy]
    let day: DemoDay

    private static let barWidth = 32
    private static let names = 16

    /// A frame, drawn over the one before.
    func frame(at now: Duration, isFirst: Bool) -> String {
        let minutes = Int(now / .seconds(60))
        let clock = "\(Self.two(minutes / 60)):\(Self.two(minutes % 60))"
        let done = Self.bar(now / DemoDay.length, .blue)
        var lines = ["\("virtual time".padded(Self.names)) \(clock)  \(done)", ""]
        let costs = strategies.map(\.cost)
        let most = max(costs.max() ?? .zero, USD(picodollars: 1))
        for (strategy, cost) in zip(strategies, costs) {
            let share = Double(cost.picodollars) / Double(most.picodollars)
            let recent = strategy.score.isWarm.suffix(24).map {
                $0 ? Terminal.paint("▪", .green) : Terminal.paint("▪", .red)
            }.joined()
            lines.append(
                "\(strategy.policy.name.padded(Self.names)) \(cost.short.padded(-7))  \(Self.bar(share, .yellow)) \(recent)"
            )
        }
        lines.append("")
        lines.append(Terminal.paint("bars: spent so far · squares: the last requests, warm or cold", .gray))
        let up = isFirst ? "" : "\u{1B}[\(lines.count)A"
        return up + lines.map { "\u{1B}[2K\($0)\n" }.joined()
    }

    /// The table at the end.
    func table(seed: UInt64) -> String {
        let base = strategies.first.map(\.cost) ?? .zero
        let cheapest = strategies.map(\.cost).min()
        var lines = [
            "\(day.arrivals.count) requests to \(day.prompts.count) prompts in 24 virtual hours, \(DemoDay.model), "
                + "seed \(seed)",
            "",
            "policy".padded(Self.names) + "cold starts".padded(-12) + "pings".padded(-8) + "mean wait".padded(-11)
                + "cost".padded(-10) + "against none".padded(-14),
        ]
        for strategy in strategies {
            let score = strategy.score
            let change = Self.percent(strategy.cost, against: base)
            let line =
                strategy.policy.name.padded(Self.names) + "\(score.coldStarts)".padded(-12)
                + "\(score.pings)".padded(-8) + "\(strategy.meanWait) ms".padded(-11)
                + strategy.cost.short.padded(-10) + change.padded(-14)
            lines.append(strategy.cost == cheapest ? Terminal.paint(line, .green) : line)
        }
        return lines.joined(separator: "\n")
    }

    private static func bar(_ share: Double, _ color: Terminal.Color) -> String {
        let full = Int((min(max(share, 0), 1) * Double(barWidth)).rounded())
        return Terminal.paint(String(repeating: "█", count: full), color)
            + Terminal.paint(String(repeating: "░", count: barWidth - full), .gray)
    }

    private static func percent(_ cost: USD, against base: USD) -> String {
        guard base > .zero else { return "" }
        let change = Double(cost.picodollars - base.picodollars) / Double(base.picodollars) * 100
        let rounded = Int(change.rounded())
        return rounded == 0 ? "±0 %" : rounded > 0 ? "+\(rounded) %" : "−\(-rounded) %"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension DemoStrategy {
    /// Until a user's response began, on average, in milliseconds.
    var meanWait: Int {
        let score = score
        return score.requests == 0 ? 0 : Int((score.waited / score.requests / .milliseconds(1)).rounded())
    }
}
