import WarmingPolicies

/// The costs of policies and the optimum, counted independently of what is tested: by looking at every gap on its own, in
/// whole seconds and without a schedule.
struct TinyReference {
    struct Row {
        var time: Int
        var prefix: Int
        var new: Int
    }

    var read = 0.1
    let growing: Bool

    private func write(_ lifetime: Int) -> Double { lifetime == 300 ? 1.25 : 2 }

    /// One scope under `pings` pings after each request, `spacing` apart.
    func cost(_ rows: [Row], lifetime: Int, spacing: Int, pings: Int, end: Int) -> (cost: Double, cold: Int, pings: Int)
    {
        var (cost, cold, sent) = (0.0, 0, 0)
        for (index, row) in rows.enumerated() {
            var isWarm = false
            var size = growing ? row.prefix : rows[max(0, index - 1)].prefix
            if index > 0 {
                let gap = row.time - rows[index - 1].time
                var alive = lifetime
                for ping in stride(from: 1, through: min(pings, gap / spacing), by: 1) where ping * spacing < gap {
                    cost += read * Double(rows[index - 1].prefix + rows[index - 1].new) + 10
                    sent += 1
                    alive = ping * spacing + lifetime
                }
                isWarm = gap <= alive && (!growing || row.prefix > 0 || row.new == 0)
            }
            if !isWarm { cold += 1 }
            if isWarm { cost += read * Double(size) } else { cost += write(lifetime) * Double(size) }
            size = row.new
            cost += write(lifetime) * Double(size)
        }
        guard let last = rows.last else { return (cost, cold, sent) }
        for ping in stride(from: 1, through: min(pings, (end - last.time) / spacing), by: 1)
        where growing ? last.time + ping * spacing < end : last.time + ping * spacing <= end {
            cost += read * Double(last.prefix + last.new) + 10
            sent += 1
        }
        return (cost, cold, sent)
    }

    /// The optimum of a scope with a constant prefix, by trying every plan: for each request one of three kinds, and for each
    /// gap keep or let go.
    func cheapestByTrying(_ rows: [Row]) -> Double {
        func rest(_ index: Int, held: Int?) -> Double {
            guard index < rows.count else { return 0 }
            let row = rows[index]
            let size = Double(rows[max(0, index - 1)].prefix)
            var options = [1.25 * size + rest(index + 1, held: 300), 2 * size + rest(index + 1, held: 3600)]
            options.append(size + rest(index + 1, held: nil))
            if let held {
                var (pings, alive) = (0, held)
                while row.time - rows[index - 1].time > alive {
                    pings += 1
                    alive += held
                }
                options.append(Double(pings) * (read * size + 10) + read * size + rest(index + 1, held: held))
            }
            return options.min() ?? 0
        }
        return rest(0, held: nil)
    }

    static func trace(_ scopes: [[Row]], growing: Bool, end: Int) -> Trace {
        Trace(
            requests: scopes.enumerated().flatMap { scope, rows in
                rows.map { row in
                    TraceRequest(
                        start: Moment(nanosecondsSince1970: Int64(row.time) * 1_000_000_000), scope: scope,
                        prefixTokens: row.prefix, newTokens: row.new)
                }
            }, horizon: .until(Moment(nanosecondsSince1970: Int64(end) * 1_000_000_000)), isGrowing: growing)
    }
}
