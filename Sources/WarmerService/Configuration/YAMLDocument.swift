import Yams

/// Reads YAML up to its tree, and says in one line where it is broken.
enum YAMLDocument {
    /// The root of a document; nil with a fault noted if there is none.
    static func root(of yaml: String, file: String, log: FaultLog) -> YAMLCursor? {
        func fail(_ mark: Mark?, _ message: String) {
            log.add(ConfigurationFault(file: file, line: mark?.line, column: mark?.column, message))
        }
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                fail(nil, "is empty: it needs upstreams, budget and scopes")
                return nil
            }
            let most = max(nodesAtLeast, yaml.utf8.count)
            var room = most
            if fits(node, &room) { return YAMLCursor(node: node, path: "", file: file, log: log) }
            fail(node.mark, "has more than \(most) values; write out its aliases, or keep prompts in files")
        } catch let error as YamlError {
            switch error {
            case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
                .composer(let context, let problem, let mark, _):
                let around = context.map { ", \($0.text) of line \($0.mark.line)" } ?? ""
                fail(mark, "not valid YAML: \(problem)\(around); mend it there, indenting with spaces only")
            case .duplicatedKeysInMapping(let duplicates, let context):
                let names = duplicates.sorted().joined(separator: ", ")
                fail(context.mark, "\(names) stands twice in one mapping; keep one")
            case .reader(let problem, _, _, _):
                fail(nil, "not valid YAML: \(problem); save it as UTF-8 without control characters")
            default:
                fail(nil, "not valid YAML; save it as UTF-8 text")
            }
        } catch {
            fail(nil, "not valid YAML; save it as UTF-8 text")
        }
        return nil
    }

    /// Aliases of aliases make an endless document of a short text; without them each value takes a byte at least.
    private static let nodesAtLeast = 100_000

    private static func fits(_ node: Node, _ room: inout Int) -> Bool {
        room -= 1
        guard room >= 0 else { return false }
        return switch node {
        case .scalar, .alias: true
        case .sequence(let sequence): sequence.allSatisfy { fits($0, &room) }
        case .mapping(let mapping): mapping.allSatisfy { fits($0.key, &room) && fits($0.value, &room) }
        }
    }
}
