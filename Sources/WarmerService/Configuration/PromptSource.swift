import OrderedJSON
import PromptCache
import PromptInspection
import Yams

/// Where a scope's prompt was read from: a request file, the file of versions, or the configuration itself.
///
/// It is kept with the request, so that whatever is wrong with the prompt is told at its place there.
struct PromptSource {
    let request: MessagesRequest
    /// The version that it is, if it is one.
    private(set) var followed: FollowedVersion?
    private let origin: Origin

    private enum Origin {
        case file(String, at: YAMLCursor)
        case version(String, at: YAMLCursor)
        case inline(YAMLObject)
    }

    /// - Parameters:
    ///   - lifetime: what a breakpoint asks for that is placed on a prompt which has none.
    ///   - versions: what `version` refers to.
    /// - Returns: nil with the reason noted.
    init?(_ object: YAMLObject, file: String, lifetime: Lifetime, versions: VersionBook) {
        let inline = InlinePrompt.keys.compactMap { object.key($0) }
        if let cursor = object["version"] {
            for key in inline + [object.key("request")].compactMap(\.self) {
                key.fail("stands beside version, which has it all: remove one of both")
            }
            guard inline.isEmpty, object["request"] == nil else { return nil }
            self.init(version: cursor, versions)
        } else if let cursor = object["request"] {
            for key in inline { key.fail("stands beside request, which has it all: remove one of both") }
            guard inline.isEmpty, let name = cursor.text(example: "prompts/support.json") else { return nil }
            self.init(file: TextFile.resolve(name, from: file), at: cursor)
        } else if inline.isEmpty {
            _ = object.required("request", "name a file with a body of /v1/messages, or write model and system here")
            return nil
        } else {
            self.init(inline: object, lifetime: lifetime)
        }
    }

    private init?(version cursor: YAMLCursor, _ versions: VersionBook) {
        guard let text = cursor.text(example: "support@prod") else { return nil }
        guard let followed = FollowedVersion(text) else {
            cursor.fail("'\(text)' is no prompt in an environment: write for example support@prod")
            return nil
        }
        guard let version = versions[followed] else {
            cursor.fail(
                versions.fault
                    ?? "no version of \(followed.name) is current in \(followed.environment): record one with "
                    + "`warmer versions record \(followed.name) REQUEST.json --env \(followed.environment)`")
            return nil
        }
        request = version.request
        self.followed = followed
        origin = .version(version.reference, at: cursor)
    }

    private init?(file: String, at cursor: YAMLCursor) {
        let bytes: [UInt8]
        do {
            bytes = try TextFile.read(file)
        } catch {
            cursor.fail("\(file): \(error.reason); paths count from the folder of this file")
            return nil
        }
        origin = .file(file, at: cursor)
        do {
            let text = try JSONText(bytes)
            do {
                request = try MessagesRequest(bytes)
            } catch {
                Self.tell(error, in: text, of: file, cursor.log)
                return nil
            }
        } catch {
            let place = error.lineAndColumn(in: bytes)
            cursor.log.add(
                ConfigurationFault(
                    file: file, line: place.line, column: place.column,
                    "not valid JSON: \(error.reason); mend it there"))
            return nil
        }
    }

    private init?(inline object: YAMLObject, lifetime: Lifetime) {
        guard let body = InlinePrompt.body(of: object) else { return nil }
        origin = .inline(object)
        do {
            let plain = try MessagesRequest(body)
            // A system prompt as a plain text has no place for a marker of its own.
            request =
                plain.breakpoints.isEmpty
                ? try MessagesRequest(
                    plain.placingBreakpoints(1, lifetime: lifetime, rules: CacheRules(for: plain.model)))
                : plain
        } catch {
            object.cursor.descendant(error.path).fail(error.reason)
            return nil
        }
    }

    /// Tells what is wrong with the request, at its place.
    func tell(_ fault: RequestFault) {
        switch origin {
        case .file(let name, let cursor): Self.tell(fault, in: request.text, of: name, cursor.log)
        case .version(let name, let cursor): cursor.fail("\(name): \(fault)")
        case .inline(let object): object.cursor.descendant(fault.path).fail(fault.reason)
        }
    }

    /// Tells what is wrong with the prompt as a whole.
    func tell(_ reason: String) {
        switch origin {
        case .file(let name, let cursor), .version(let name, let cursor): cursor.fail("\(name): \(reason)")
        case .inline(let object): object.cursor.fail(reason)
        }
    }

    private static func tell(_ fault: RequestFault, in text: JSONText, of file: String, _ log: FaultLog) {
        let offset = text.root.descendant(fault.path).range.lowerBound
        let place = JSONFault(offset: offset, reason: "").lineAndColumn(in: text.bytes)
        log.add(
            ConfigurationFault(
                file: file, line: place.line, column: place.column, path: fault.path, fault.reason))
    }
}

extension JSONNode {
    /// The value at a path such as `messages.2.content.0`, or the last on the way to it that exists.
    fileprivate func descendant(_ path: String) -> JSONNode {
        var node = self
        for step in path.split(separator: ".") {
            let next = node[String(step)] ?? Int(step).flatMap { Array(node.elements).dropFirst($0).first }
            guard let next else { break }
            node = next
        }
        return node
    }
}

extension YAMLCursor {
    /// The value at a path, or the last on the way to it that exists; its path is the whole one.
    fileprivate func descendant(_ path: String) -> YAMLCursor {
        var found = node
        for step in path.split(separator: ".") {
            let next: Node? =
                switch found {
                case .mapping(let mapping): mapping.first { $0.key.scalar?.string == String(step) }?.value
                case .sequence(let sequence): Int(step).flatMap { sequence.indices.contains($0) ? sequence[$0] : nil }
                default: nil
                }
            guard let next else { break }
            found = next
        }
        return path.isEmpty ? self : child(found, path)
    }
}
