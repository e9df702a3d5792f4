import OrderedJSON
import Yams

/// Makes the body of a request from a prompt that stands in the configuration, always the same bytes: keys in the order
/// of the file, texts as they are, numbers as they are spelled.
enum InlinePrompt {
    /// What of a request may stand in a scope.
    static let keys = ["model", "tools", "system", "messages"]

    /// - Returns: nil with the reason noted.
    static func body(of object: YAMLObject) -> [UInt8]? {
        guard let model = object.required("model", "the id that the real traffic uses, in the same spelling"),
            model.text(example: "claude-sonnet-5-5") != nil
        else { return nil }
        let members = object.all.filter { keys.contains($0.name) }
        let texts = members.map { (name: $0.name, json: json($0.value)) }
        guard texts.allSatisfy({ $0.json != nil }) else { return nil }
        let body = texts.map { "\(literal($0.name)):\($0.json ?? "")" }.joined(separator: ",")
        return Array("{\(body)}".utf8)
    }

    /// A value as JSON text; nil with the reason noted.
    private static func json(_ cursor: YAMLCursor) -> String? {
        switch cursor.node {
        case .scalar(let scalar): return json(scalar)
        case .alias: return nil
        case .sequence(let sequence):
            let elements = sequence.enumerated().map { json(cursor.child($0.element, String($0.offset))) }
            return joined(elements).map { "[\($0)]" }
        case .mapping(let mapping):
            let members = mapping.map { key, value -> String? in
                guard let name = key.scalar?.string else {
                    cursor.child(key, "?").fail("a key must be a text")
                    return nil
                }
                return json(cursor.child(value, name)).map { "\(literal(name)):\($0)" }
            }
            return joined(members).map { "{\($0)}" }
        }
    }

    private static func joined(_ parts: [String?]) -> String? {
        let whole = parts.compactMap(\.self)
        return whole.count == parts.count ? whole.joined(separator: ",") : nil
    }

    /// Plain words are what JSON takes them for, so that `no` stays a text; everything in quotes is a text.
    private static func json(_ scalar: Node.Scalar) -> String {
        guard scalar.style == .plain || scalar.style == .any else { return literal(scalar.string) }
        if ["", "~"].contains(scalar.string) { return "null" }
        guard let value = try? JSONText(Array(scalar.string.utf8)).root else { return literal(scalar.string) }
        switch value.kind {
        case .number, .true, .false, .null: return String(decoding: value.bytes, as: UTF8.self)
        case .object, .array, .string: return literal(scalar.string)
        }
    }

    private static func literal(_ text: String) -> String { String(decoding: text.jsonLiteral, as: UTF8.self) }
}
