import Foundation
import OrderedJSON
import Yams

/// `docs/openapi.yaml`, as far as answers are held against it.
struct OpenAPI {
    let root: Node

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/openapi.yaml")
        let text = try String(contentsOf: file.standardized, encoding: .utf8)
        guard let root = try Yams.compose(yaml: text) else { throw CocoaError(.fileReadCorruptFile) }
        self.root = root
    }

    /// `GET /v1/scopes/{name}` and all others.
    var operations: Set<String> {
        var all: Set<String> = []
        for (path, item) in root["paths"]?.mapping ?? [:] {
            for (method, _) in item.mapping ?? [:] { all.insert("\(method.string!.uppercased()) \(path.string!)") }
        }
        return all
    }

    /// The operations that need the token.
    var guarded: Set<String> { operations.filter { operation($0)?["security"] != nil } }

    private func operation(_ name: String) -> Node? {
        let parts = name.split(separator: " ")
        return root["paths"]?[String(parts[1])]?[parts[0].lowercased()]
    }

    /// What an answer has that is not described, and what it lacks that is.
    func faults(of answer: String, status: Int, to name: String) throws -> [String] {
        guard let response = operation(name)?["responses"].flatMap({ Self.child($0, String(status)) }) else {
            return ["\(name): \(status) is not described"]
        }
        guard let schema = resolved(response)["content"]?["application/json"]?["schema"] else { return [] }
        return faults(of: try JSONText(Array(answer.utf8)).root, schema, at: name)
    }

    private func faults(of value: JSONNode, _ schema: Node, at path: String) -> [String] {
        let schema = resolved(schema)
        if let choices = schema["oneOf"]?.array() {
            return choices.map { faults(of: value, $0, at: path) }.min { $0.count < $1.count } ?? []
        }
        if let words = schema["enum"]?.array() {
            return words.contains { $0.string == value.string } ? [] : ["\(path): \(value.string ?? "?") is no choice"]
        }
        let types = schema["type"]?.array(of: String.self) ?? []
        let allowed = types.isEmpty ? [schema["type"]?.string ?? ""] : types
        guard allowed.contains(where: { Self.matches(value, $0) }) else { return ["\(path): is no \(allowed)"] }
        switch value.kind {
        case .object:
            let known = schema["properties"]
            let names = Set(value.members.map(\.name))
            let missing = Set(schema["required"]?.array(of: String.self) ?? []).subtracting(names)
            return missing.map { "\(path).\($0): is missing" }
                + value.members.flatMap { member in
                    guard let inner = known.flatMap({ Self.child($0, member.name) }) else {
                        return ["\(path).\(member.name): is not described"]
                    }
                    return faults(of: member.value, inner, at: "\(path).\(member.name)")
                }
        case .array:
            guard let items = schema["items"] else { return ["\(path): has no items described"] }
            return value.elements.flatMap { faults(of: $0, items, at: "\(path)[]") }
        default: return []
        }
    }

    private func resolved(_ node: Node) -> Node {
        guard let reference = node["$ref"]?.string else { return node }
        let steps = reference.split(separator: "/").dropFirst()
        return resolved(steps.reduce(root) { $0[String($1)] ?? Node.mapping(Node.Mapping([])) })
    }

    /// By its text, whatever YAML takes it for: `200` and `on` are quoted keys.
    private static func child(_ node: Node, _ key: String) -> Node? {
        node.mapping?.first { $0.key.string == key }?.value
    }

    private static func matches(_ value: JSONNode, _ type: String) -> Bool {
        switch type {
        case "object": value.kind == .object
        case "array": value.kind == .array
        case "string": value.kind == .string
        case "boolean": value.boolean != nil
        case "integer": value.integer != nil
        case "number": value.kind == .number
        case "null": value.kind == .null
        default: false
        }
    }
}
