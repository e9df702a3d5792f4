/// A JSON value to be written, with its keys in the order in which they were given.
///
/// ```swift
/// let report: JSONOutput = ["model": .string(model), "usd": .string(cost.decimal), "hits": 3]
/// print(report.text(pretty: true))
/// ```
public enum JSONOutput: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// Measurements only: money is written as a decimal string.
    case double(Double)
    case string(String)
    case array([JSONOutput])
    case object([Member])

    /// A key and its value.
    public struct Member: Hashable, Sendable {
        public var key: String
        public var value: JSONOutput

        public init(_ key: String, _ value: JSONOutput) {
            self.key = key
            self.value = value
        }
    }

    /// The string, or null.
    public static func optional(_ string: String?) -> JSONOutput { string.map(JSONOutput.string) ?? .null }

    /// The integer, or null.
    public static func optional(_ integer: Int?) -> JSONOutput { integer.map(JSONOutput.integer) ?? .null }

    /// The number, or null.
    public static func optional(_ double: Double?) -> JSONOutput { double.map(JSONOutput.double) ?? .null }

    /// The value as JSON text.
    ///
    /// - Parameter pretty: whether each member and element gets a line of its own, indented by two spaces.
    public func text(pretty: Bool = false) -> String {
        var out = ""
        write(to: &out, indent: pretty ? 0 : nil)
        return out
    }

    private func write(to out: inout String, indent: Int?) {
        switch self {
        case .null: out += "null"
        case .boolean(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        // JSON has no word for what is not finite.
        case .double(let value): out += value.isFinite ? Self.plain(value) : "null"
        case .string(let value): out += String(decoding: value.jsonLiteral, as: UTF8.self)
        case .array(let elements):
            Self.write(elements, between: ("[", "]"), to: &out, indent) { element, inner, out in
                element.write(to: &out, indent: inner)
            }
        case .object(let members):
            Self.write(members, between: ("{", "}"), to: &out, indent) { member, inner, out in
                out += String(decoding: member.key.jsonLiteral, as: UTF8.self)
                out += inner == nil ? ":" : ": "
                member.value.write(to: &out, indent: inner)
            }
        }
    }

    private static func write<Child>(
        _ children: [Child], between brackets: (String, String), to out: inout String, _ indent: Int?,
        each: (Child, Int?, inout String) -> Void
    ) {
        out += brackets.0
        let inner = indent.map { $0 + 1 }
        for (position, child) in children.enumerated() {
            if position > 0 { out += "," }
            if let inner { out += "\n" + String(repeating: "  ", count: inner) }
            each(child, inner, &out)
        }
        if let indent, !children.isEmpty { out += "\n" + String(repeating: "  ", count: indent) }
        out += brackets.1
    }

    /// A whole number is written without its point.
    private static func plain(_ value: Double) -> String {
        abs(value) < 1e15 && value == value.rounded() ? String(Int(value)) : "\(value)"
    }
}

extension JSONOutput: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    public init(dictionaryLiteral elements: (String, JSONOutput)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    public init(arrayLiteral elements: JSONOutput...) { self = .array(elements) }
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONOutput: ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral {
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(nilLiteral: ()) { self = .null }
}
