import OrderedJSON

extension PromptBlocks {
    /// Finds the blocks of a body in one pass over its members.
    struct Reader {
        private let text: JSONText
        private var records: [Record] = []
        private var messages: [Message] = []
        private var markers: [CacheMarker] = []
        private var traits: BlockTraits = []

        init(_ text: JSONText) {
            self.text = text
            // A message with one plain block has ten values and keys.
            records.reserveCapacity(Swift.min(text.placeCount / 8 + 16, Self.mostAtOnce))
            messages.reserveCapacity(Swift.min(text.placeCount / 8 + 1, Self.mostAtOnce))
        }

        /// Bodies may hold very much else.
        private static let mostAtOnce = 1024

        var blocks: PromptBlocks {
            PromptBlocks(
                table: Table(text: text, records: records, messages: messages, markers: markers, traits: traits))
        }

        /// Takes the blocks of tools or system, or of one message.
        mutating func read(_ content: Int, part: PromptPart, message: Int? = nil) throws(RequestFault) {
            switch text.kind(at: content) {
            case .null: return
            case .string:
                append(
                    Record(
                        part: part, kind: .text, traits: [], node: content, message: message,
                        markers: markers.count..<markers.count))
            case .array:
                var position = 0
                var element = content + 1
                let end = text.place(behind: content)
                while element < end {
                    try readBlock(element, part: part, message: message, position: position)
                    element = text.place(behind: element)
                    position += 1
                }
            default:
                throw RequestFault(
                    path: Table.path(part, message, nil), "must be a string or an array of blocks")
            }
        }

        mutating func readMessages(_ list: Int, after continuation: Continuation?) throws(RequestFault) {
            if text.kind(at: list) == .null { return }
            guard text.kind(at: list) == .array else { throw RequestFault(path: "messages", "must be an array") }
            if let continuation { takeMessages(of: continuation) }
            var message = messages.last.map { text.place(behind: $0.node) } ?? list + 1
            let end = text.place(behind: list)
            while message < end {
                try readMessage(message)
                message = text.place(behind: message)
            }
        }

        /// Messages that stand in an earlier body at the same place.
        private mutating func takeMessages(of continuation: Continuation) {
            let table = continuation.earlier.request.blocks.table
            messages += table.messages.prefix(continuation.sharedMessages)
            for var record in table.records {
                guard let message = record.message else { continue }
                if message >= messages.count { break }
                let first = markers.count
                markers += table.markers[record.markers]
                record.markers = first..<markers.count
                append(record)
            }
        }

        private mutating func readMessage(_ node: Int) throws(RequestFault) {
            let position = messages.count
            func fault(_ member: String, _ reason: String) -> RequestFault {
                RequestFault(path: "messages.\(position)\(member)", reason)
            }
            guard text.kind(at: node) == .object else { throw fault("", "must be an object") }
            var role: Int?
            var content: Int?
            var isPlain = true
            var key = node + 1
            let end = text.place(behind: node)
            while key < end {
                if text.isString(at: key, "role") {
                    if role != nil { throw fault(".role", "stands twice; keep one") }
                    role = key + 1
                } else if text.isString(at: key, "content") {
                    if content != nil { throw fault(".content", "stands twice; keep one") }
                    content = key + 1
                } else {
                    isPlain = false
                }
                key = text.place(behind: key + 1)
            }
            guard let role, text.kind(at: role) == .string else {
                throw fault(".role", #"must be "user", "assistant" or "system""#)
            }
            guard let content else { throw fault(".content", "is missing") }
            messages.append(Message(node: node, role: role, isPlain: isPlain))
            try read(content, part: .messages, message: position)
        }

        private mutating func readBlock(
            _ node: Int, part: PromptPart, message: Int?, position: Int
        ) throws(RequestFault) {
            func path() -> String { Table.path(part, message, position) }
            guard text.kind(at: node) == .object else { throw RequestFault(path: path(), "must be an object") }
            var type: Int?
            var content: Int?
            var marker: Int?
            var key = node + 1
            let end = text.place(behind: node)
            while key < end {
                if text.isString(at: key, "type") {
                    type = key + 1
                } else if text.isString(at: key, "content") {
                    content = key + 1
                } else if text.isString(at: key, CacheMarker.name) {
                    if marker != nil { throw CacheMarker.standsTwice(at: path()) }
                    marker = key
                }
                key = text.place(behind: key + 1)
            }
            if let named = type, text.kind(at: named) != .string { type = nil }
            let kind = type.map(kind(named:)) ?? .other
            let firstMarker = markers.count
            var traits = part == .tools ? [] : BlockTraits(of: node, kind: kind, in: text)
            if let marker {
                traits.insert(.bearsMarker)
                if let found = try CacheMarker(at: marker, in: text, path: path) { markers.append(found) }
            }
            if kind == .toolResult, let content, try readMarkers(within: content, path: path) {
                traits.insert(.bearsMarker)
            }
            append(
                Record(
                    part: part, kind: kind, traits: traits, node: node, type: type, message: message,
                    position: position, markers: firstMarker..<markers.count))
        }

        private func kind(named type: Int) -> Kind {
            if text.isString(at: type, "text") { return .text }
            if text.isString(at: type, "tool_use") { return .toolUse }
            if text.isString(at: type, "tool_result") { return .toolResult }
            if text.isString(at: type, "thinking") || text.isString(at: type, "redacted_thinking") { return .thinking }
            return .other
        }

        /// - Returns: whether there is any, null ones among them.
        private mutating func readMarkers(within list: Int, path: () -> String) throws(RequestFault) -> Bool {
            guard text.kind(at: list) == .array else { return false }
            var bears = false
            var inner = list + 1
            var position = 0
            while inner < text.place(behind: list) {
                func innerPath() -> String { "\(path()).content.\(position)" }
                var marker: Int?
                var key = inner + 1
                while text.kind(at: inner) == .object, key < text.place(behind: inner) {
                    if text.isString(at: key, CacheMarker.name) {
                        if marker != nil { throw CacheMarker.standsTwice(at: innerPath()) }
                        marker = key
                    }
                    key = text.place(behind: key + 1)
                }
                if let marker {
                    bears = true
                    if let found = try CacheMarker(at: marker, in: text, path: innerPath) { markers.append(found) }
                }
                inner = text.place(behind: inner)
                position += 1
            }
            return bears
        }

        private mutating func append(_ record: Record) {
            traits.formUnion(record.traits)
            records.append(record)
        }
    }
}
