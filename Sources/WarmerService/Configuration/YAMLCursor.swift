import CachePrices
import PromptCache
import WarmingPolicies
import Yams

/// A place in a YAML document: its node, its path, and where to tell what is wrong with it.
///
/// Getters answer nil for what is not as it should be, and note why: reading goes on, and finds the other faults too.
/// Scalars are read as their text, never through a floating point number.
struct YAMLCursor {
    let node: Node
    let path: String
    let file: String
    let log: FaultLog

    /// Says what is wrong here.
    func fail(_ message: String) {
        log.add(
            ConfigurationFault(file: file, line: node.mark?.line, column: node.mark?.column, path: path, message))
    }

    /// A place below this one.
    func child(_ node: Node, _ name: String) -> YAMLCursor {
        YAMLCursor(node: node, path: path.isEmpty ? name : "\(path).\(name)", file: file, log: log)
    }

    /// What stands here, for messages.
    var kind: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar, .alias: isEmpty ? "nothing" : "'\(scalar ?? "")'"
        }
    }

    private var isPlain: Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.style == .plain || scalar.style == .any
    }

    private var scalar: String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.string
    }

    /// Whether nothing is written here.
    var isEmpty: Bool { isPlain && ["", "~", "null"].contains(scalar) }

    // MARK: Getters

    /// The members of a mapping.
    ///
    /// - Parameter known: the keys that may stand here; nil for any.
    func object(_ known: [String]?, example: String) -> YAMLObject? {
        guard case .mapping(let mapping) = node else {
            fail("must be a mapping such as \(example), found \(kind)")
            return nil
        }
        return YAMLObject(self, mapping, known: known)
    }

    /// The elements of a list.
    func elements(example: String) -> [YAMLCursor]? {
        guard case .sequence(let sequence) = node else {
            fail("must be a list such as \(example), found \(kind)")
            return nil
        }
        return sequence.enumerated().map { child($0.element, String($0.offset)) }
    }

    /// A text that is not empty, numbers and dates as they are written.
    func text(example: String) -> String? {
        guard let scalar, !isEmpty, !scalar.isEmpty else {
            fail("must be a text such as \(example), found \(kind)")
            return nil
        }
        return scalar
    }

    /// `true` or `false`, or one of YAML's other words for them.
    func flag() -> Bool? {
        let flag = isPlain ? word : nil
        if flag == nil { fail("must be true or false, found \(kind)") }
        return flag
    }

    /// The truth value if one is written here; nothing is noted.
    var word: Bool? {
        switch isPlain ? scalar?.lowercased() : nil {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }

    /// An amount of US dollars, exactly as it is written.
    func money() -> USD? {
        guard let text = text(example: "1.00") else { return nil }
        do {
            return try USD(text)
        } catch {
            fail("\(error)")
            return nil
        }
    }
}

/// A mapping whose keys have been checked.
struct YAMLObject {
    let cursor: YAMLCursor
    private let members: [(name: String, key: YAMLCursor, value: YAMLCursor)]

    init(_ cursor: YAMLCursor, _ mapping: Node.Mapping, known: [String]?) {
        self.cursor = cursor
        members = mapping.map { key, value in
            let name = key.scalar?.string ?? "?"
            return (name, cursor.child(key, name), cursor.child(value, name))
        }
        guard let known else { return }
        for member in members where !known.contains(member.name) {
            let near = Nearest.name(to: member.name, among: known).map { "did you mean \($0)? " } ?? ""
            member.key.fail("is not known: \(near)keys here are \(known.joined(separator: ", "))")
        }
    }

    /// The value of a key; nil where it does not stand.
    subscript(name: String) -> YAMLCursor? { members.first { $0.name == name }?.value }

    /// The key itself, to say what is wrong with having it.
    func key(_ name: String) -> YAMLCursor? { members.first { $0.name == name }?.key }

    /// The value of a key that has to be there.
    func required(_ name: String, _ advice: String) -> YAMLCursor? {
        if let value = self[name] { return value }
        cursor.child(cursor.node, name).fail("is missing: \(advice)")
        return nil
    }

    /// All keys and values in the order of the file.
    var all: [(name: String, value: YAMLCursor)] { members.map { ($0.name, $0.value) } }
}
