import Yams

/// Reads YAML up to its tree, and says in one line where it is broken.
enum YAMLDocument {
    /// The root of a document; nil with a fault noted if there is none.
    static func root(of yaml: String, file: String, log: FaultLog) -> YAMLCursor? {
        func fail(_ mark: Mark?, _ message: String) {
            log.add(ConfigurationFault(file: file, line: mark?.line, column: mark?.column, message))
        }
        do {
            if let node = try Yams.compose(yaml: yaml) {
                return YAMLCursor(node: node, path: "", file: file, log: log)
            }
            fail(nil, "is empty: it needs upstreams, budget and scopes")
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
}
