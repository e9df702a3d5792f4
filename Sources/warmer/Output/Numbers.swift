/// Numbers as tables have them.
enum Numbers {
    /// Tokens, for example `950`, `12.3 k`, `4.56 M`.
    static func tokens(_ count: Double) -> String {
        let (value, unit) = count < 1e4 ? (count, "") : count < 1e6 ? (count / 1e3, " k") : (count / 1e6, " M")
        return (unit.isEmpty ? "\(Int(value.rounded()))" : plain(value, decimals: value < 10 ? 2 : 1)) + unit
    }

    /// A share, for example `12.3 %`.
    static func percent(_ share: Double) -> String { plain(share * 100, decimals: 1) + " %" }

    /// With so many decimals, always.
    static func plain(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let fraction = String(String(scale + scaled % scale).dropFirst())
        return decimals == 0 ? "\(sign)\(scaled)" : "\(sign)\(scaled / scale).\(fraction)"
    }
}
