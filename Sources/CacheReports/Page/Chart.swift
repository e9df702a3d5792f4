/// Small charts as inline SVG. Colours come from the page's classes; each mark tells its value when pointed at.
struct Chart {
    /// What stands along the axis.
    let names: [String]

    private let width = 520.0
    private let height = 180.0
    private let left = 44.0
    private let top = 8.0
    private let bottom = 24.0

    private var plotWidth: Double { width - left - 6 }
    private var plotHeight: Double { height - top - bottom }
    private var step: Double { plotWidth / Double(max(1, names.count)) }

    /// Shares from 0 to 1, with gaps where there are none.
    func line(_ values: [Double?], label: (Double) -> String) -> String {
        func point(_ position: Int, _ value: Double) -> (x: Double, y: Double) {
            (left + (Double(position) + 0.5) * step, top + (1 - value) * plotHeight)
        }
        var runs: [[(x: Double, y: Double)]] = [[]]
        for (position, value) in values.enumerated() {
            if let value { runs[runs.count - 1].append(point(position, value)) } else { runs.append([]) }
        }
        let base = top + plotHeight
        let lines = runs.filter { !$0.isEmpty }.map { run -> String in
            let path = run.map { "\(Self.short($0.x)),\(Self.short($0.y))" }.joined(separator: " ")
            if run.count == 1 {
                return "<circle class=\"dot\" cx=\"\(Self.short(run[0].x))\" cy=\"\(Self.short(run[0].y))\" r=\"3\"/>"
            }
            let area =
                "\(Self.short(run[0].x)),\(Self.short(base)) \(path) \(Self.short(run[run.count - 1].x)),\(Self.short(base))"
            return "<polygon class=\"area\" points=\"\(area)\"/><polyline class=\"line\" points=\"\(path)\"/>"
        }
        let hovers = values.enumerated().compactMap { position, value in
            value.map { hover(position, "\(names[position]): \(label($0))") }
        }
        return svg(grid(1, label: label) + lines.joined() + hovers.joined() + axis)
    }

    /// Columns of parts on top of each other.
    func stacked(_ values: [[Double]], classes: [String], label: (Double) -> String) -> String {
        let most = Self.roundedUp(values.map { $0.reduce(0, +) }.max() ?? 0)
        let bars = values.enumerated().map { position, parts -> String in
            var y = top + plotHeight
            var out = ""
            for (part, name) in zip(parts, classes) where part > 0 {
                let length = part / most * plotHeight
                y -= length
                out += rect(name, x: left + Double(position) * step + gap / 2, y: y, width: step - gap, height: length)
            }
            let told = zip(parts, classes).map { "\(label($0)) \($1)" }.joined(separator: ", ")
            return out + hover(position, "\(names[position]): \(told)")
        }
        return svg(grid(most, label: label) + bars.joined() + axis)
    }

    /// Columns beside each other.
    func paired(_ values: [[Double]], classes: [String], label: (Double) -> String) -> String {
        let most = Self.roundedUp(values.joined().max() ?? 0)
        let bars = values.enumerated().map { position, parts -> String in
            let own = (step - gap) / Double(classes.count)
            var out = ""
            for (number, part) in parts.enumerated() where part > 0 {
                let length = part / most * plotHeight
                let x = left + Double(position) * step + gap / 2 + Double(number) * own
                out += rect(classes[number], x: x, y: top + plotHeight - length, width: own, height: length)
            }
            let told = zip(parts, classes).map { "\(label($0)) \($1)" }.joined(separator: ", ")
            return out + hover(position, "\(names[position]): \(told)")
        }
        return svg(grid(most, label: label) + bars.joined() + axis)
    }

    /// One bar a name, lying.
    func bars(_ values: [Double], label: (Double) -> String) -> String {
        let most = values.max() ?? 1
        let row = 26.0
        let from = 132.0
        let lines = values.enumerated().map { position, value -> String in
            let y = Double(position) * row
            let length = max(2, value / most * (width - from - 64))
            return
                "<text class=\"name\" x=\"0\" y=\"\(Self.short(y + 16))\">\(StatsPage.escaped(names[position]))</text>"
                + rect("bar", x: from, y: y + 5, width: length, height: 14)
                + "<text x=\"\(Self.short(from + length + 8))\" y=\"\(Self.short(y + 16))\">\(label(value))</text>"
        }
        return svg(lines.joined(), height: row * Double(values.count))
    }

    // MARK: Pieces

    private var gap: Double { min(6, step * 0.25) }

    private func svg(_ inner: String, height: Double? = nil) -> String {
        "<svg viewBox=\"0 0 \(Self.short(width)) \(Self.short(height ?? self.height))\" role=\"img\">\(inner)</svg>"
    }

    private func rect(_ name: String, x: Double, y: Double, width: Double, height: Double) -> String {
        "<rect class=\"\(name)\" x=\"\(Self.short(x))\" y=\"\(Self.short(y))\" width=\"\(Self.short(max(0.5, width)))\" "
            + "height=\"\(Self.short(height))\" rx=\"1\"/>"
    }

    private func hover(_ position: Int, _ text: String) -> String {
        "<rect x=\"\(Self.short(left + Double(position) * step))\" y=\"\(Self.short(top))\" width=\"\(Self.short(step))\" "
            + "height=\"\(Self.short(plotHeight))\" fill=\"transparent\"><title>\(StatsPage.escaped(text))</title></rect>"
    }

    private func grid(_ most: Double, label: (Double) -> String) -> String {
        [0, 0.5, 1].map { share in
            let y = Self.short(top + (1 - share) * plotHeight)
            return
                "<line class=\"grid\" x1=\"\(Self.short(left))\" x2=\"\(Self.short(width - 6))\" y1=\"\(y)\" y2=\"\(y)\"/>"
                + "<text x=\"\(Self.short(left - 6))\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">\(label(share * most))</text>"
        }.joined()
    }

    /// The first name, the last one, and a few between.
    private var axis: String {
        guard let last = names.indices.last else { return "" }
        let shown = Set([0, last / 3, last * 2 / 3, last])
        return shown.sorted().map { position in
            let anchor = position == 0 ? "start" : position == last ? "end" : "middle"
            let x = position == 0 ? left : position == last ? width - 6 : left + (Double(position) + 0.5) * step
            return "<text x=\"\(Self.short(x))\" y=\"\(Self.short(height - 6))\" text-anchor=\"\(anchor)\">"
                + "\(StatsPage.escaped(names[position]))</text>"
        }.joined()
    }

    /// Up to 1, 2, 2.5 or 5 times a power of ten, so that half of it reads well.
    static func roundedUp(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        var power = 1.0
        while power > value { power /= 10 }
        while power * 10 <= value { power *= 10 }
        return [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= value } ?? value
    }

    private static func short(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
