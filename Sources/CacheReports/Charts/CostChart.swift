#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Cost against cold starts, one point for each policy, as an SVG picture: down and to the left is better, and nothing can
/// be left of the optimum.
public struct CostChart: Sendable {
    /// One policy's place.
    public struct Point: Sendable {
        public var name: String
        /// Cost over the optimum's.
        public var ratio: Double
        public var coldStarts: Int

        public init(name: String, ratio: Double, coldStarts: Int) {
            self.name = name
            self.ratio = ratio
            self.coldStarts = coldStarts
        }
    }

    /// What stands above it.
    public var title: String
    /// All requests of the trace; cold starts are shown as a share of them.
    public var requests: Int
    public var points: [Point]

    public init(title: String, requests: Int, points: [Point]) {
        self.title = title
        self.requests = requests
        self.points = points
    }

    static let width = 860.0
    static let height = 460.0
    private static let plot = (left: 70.0, right: 640.0, top: 64.0, bottom: 396.0)
    private static let colors = [
        "#0b6e4f", "#c8553d", "#2c6fbb", "#8e5ea2", "#d99a1c", "#4a4e69", "#17a2b8", "#a23b72", "#6b8e23", "#7f5539",
    ]

    /// The picture.
    public var svg: String {
        Self.document(height: Self.height, content: content)
    }

    /// Several pictures below each other.
    public static func svg(_ charts: [CostChart]) -> String {
        let content = charts.enumerated().map { index, chart in
            "<g transform=\"translate(0 \(Int(height) * index))\">\n\(chart.content)</g>\n"
        }.joined()
        return document(height: height * Double(max(1, charts.count)), content: content)
    }

    private static func document(height: Double, content: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" width="\(Int(width))" \
        height="\(Int(height))" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13">
        <rect width="100%" height="100%" fill="#ffffff"/>
        \(content)</svg>

        """
    }

    private var content: String {
        let ratios = points.map { log2(max($0.ratio, 1)) }
        let most = max(ratios.max() ?? 1, 0.15)
        let coldest = max(points.map { share($0) }.max() ?? 1, 1e-6)
        func x(_ ratio: Double) -> Double {
            Self.plot.left + (Self.plot.right - Self.plot.left) * log2(max(ratio, 1)) / (most * 1.05)
        }
        // By the root, so that few cold starts are told apart as well as many.
        func y(_ share: Double) -> Double {
            Self.plot.bottom - (Self.plot.bottom - Self.plot.top) * (share / coldest).squareRoot() / 1.05
        }
        var out = heading
        for tick in Self.ratioTicks(upTo: most * 1.05) {
            out += line(x(tick), Self.plot.top, x(tick), Self.plot.bottom, "#ececec")
            out += text(x(tick), Self.plot.bottom + 18, "\(Self.plain(tick))×", anchor: "middle", color: "#555555")
        }
        for share in [0.0, 0.05, 0.2, 0.45, 0.8].map({ $0 * coldest / 0.8 }) where share <= coldest * 1.05 {
            out += line(Self.plot.left, y(share), Self.plot.right, y(share), "#ececec")
            out += text(Self.plot.left - 8, y(share) + 4, Self.percent(share), anchor: "end", color: "#555555")
        }
        out += line(x(1), Self.plot.top - 6, x(1), Self.plot.bottom, "#0b6e4f", dashed: true)
        out += text(x(1) + 4, Self.plot.top - 10, "least possible", anchor: "start", color: "#0b6e4f")
        for (index, point) in points.enumerated() {
            let color = Self.colors[index % Self.colors.count]
            let (px, py) = (x(point.ratio), y(share(point)))
            out +=
                "<circle cx=\"\(Self.plain(px))\" cy=\"\(Self.plain(py))\" r=\"6\" fill=\"\(color)\" stroke=\"#ffffff\""
            out += " stroke-width=\"1.5\"><title>\(Self.escaped(label(point)))</title></circle>\n"
            let row = Self.plot.top + 8 + Double(index) * 21
            out += "<circle cx=\"664\" cy=\"\(Self.plain(row - 4))\" r=\"5\" fill=\"\(color)\"/>\n"
            out += text(676, row, label(point), anchor: "start", color: "#222222")
        }
        return out
    }

    private var heading: String {
        text(Self.plot.left, 28, title, anchor: "start", color: "#111111", bold: true)
            + text(
                (Self.plot.left + Self.plot.right) / 2, Self.plot.bottom + 42, "cost, over the least possible",
                anchor: "middle", color: "#333333")
            + "<g transform=\"translate(18 \(Int((Self.plot.top + Self.plot.bottom) / 2))) rotate(-90)\">"
            + text(0, 0, "cold starts, of all requests", anchor: "middle", color: "#333333") + "</g>\n"
    }

    private func share(_ point: Point) -> Double { Double(point.coldStarts) / Double(max(1, requests)) }

    private func label(_ point: Point) -> String { "\(point.name)  \(Self.plain(point.ratio))×" }

    private static func ratioTicks(upTo most: Double) -> [Double] {
        let fine = [1, 1.05, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256]
        let within = fine.filter { log2($0) <= most }
        // No two closer than a label is wide.
        return within.reduce(into: []) { kept, tick in
            if let last = kept.last, log2(tick) - log2(last) < most / 12 { return }
            kept.append(tick)
        }
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String, dashed: Bool = false)
        -> String
    {
        "<line x1=\"\(Self.plain(x1))\" y1=\"\(Self.plain(y1))\" x2=\"\(Self.plain(x2))\" y2=\"\(Self.plain(y2))\" "
            + "stroke=\"\(color)\"\(dashed ? " stroke-width=\"2\" stroke-dasharray=\"5 4\"" : "")/>\n"
    }

    private func text(
        _ x: Double, _ y: Double, _ words: String, anchor: String, color: String, bold: Bool = false
    ) -> String {
        "<text x=\"\(Self.plain(x))\" y=\"\(Self.plain(y))\" text-anchor=\"\(anchor)\" fill=\"\(color)\""
            + "\(bold ? " font-weight=\"600\" font-size=\"15\"" : "")>\(Self.escaped(words))</text>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.map { character -> String in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: String(character)
            }
        }.joined()
    }

    /// To a hundredth.
    private static func plain(_ value: Double) -> String {
        let text = "\((value * 100).rounded() / 100)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func percent(_ share: Double) -> String {
        let percent = share * 100
        return "\(percent >= 10 ? plain(percent.rounded()) : plain(percent)) %"
    }
}
