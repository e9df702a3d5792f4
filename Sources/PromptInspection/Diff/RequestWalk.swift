import OrderedJSON
import PromptCache

/// Walks two requests side by side in the order in which the cache sees them, and stops where they part.
///
/// | in front of tools | in front of system | in front of messages |
/// |---|---|---|
/// | model, every top-level member that may count | `speed`, citations | `tool_choice`, images |
struct RequestWalk {
    let a: MessagesRequest
    let b: MessagesRequest

    /// What parts them; nil where the cache sees two equal requests.
    func firstDifference() -> Difference? {
        inSettings() ?? inTools() ?? inSpeed() ?? citations() ?? inSystem() ?? inToolChoice() ?? images()
            ?? inMessages()
    }

    private func make(_ part: Difference.Part, _ found: NodeComparison.Divergence, _ kind: DifferenceKind? = nil)
        -> Difference
    {
        Difference(
            part: part, path: found.path, offsetA: found.offsetA, offsetB: found.offsetB, kind: kind ?? found.kind,
            counts: true)
    }

    // MARK: Settings

    private static let elsewhere: Set<String> = MessagesRequest.unseenMembers.union([
        "tools", "system", "messages", "speed", "tool_choice", "cache_control",
    ])

    private func inSettings() -> Difference? {
        if let found = setting("model", .model) { return found }
        let names = Set((a.text.root.members.map(\.name) + b.text.root.members.map(\.name)))
            .subtracting(Self.elsewhere)
        for name in names.sorted() {
            if let found = setting(name, name == "thinking" ? .thinkingOrEffort : .setting) { return found }
        }
        return nil
    }

    private func inSpeed() -> Difference? { setting("speed", .setting) }
    private func inToolChoice() -> Difference? { setting("tool_choice", .toolChoice) }

    private func setting(_ name: String, _ kind: DifferenceKind) -> Difference? {
        guard let found = Self.member(name, a.text.root, b.text.root) else { return nil }
        let isEffort = found.path == "output_config.effort" || found.path == "output_config" && isEffortAlone
        return make(.settings, found, isEffort ? .thinkingOrEffort : kind)
    }

    /// Where `output_config` stands in one only, and holds nothing but the effort.
    private var isEffortAlone: Bool {
        let present = a["output_config"] ?? b["output_config"]
        return present?.members.allSatisfy { $0.hasKey("effort") } ?? false
    }

    /// A top-level member that may be missing in one.
    static func member(_ name: String, _ a: JSONNode, _ b: JSONNode) -> NodeComparison.Divergence? {
        switch (a[name], b[name]) {
        case (nil, nil): return nil
        case (let left?, let right?): return NodeComparison.first(left, right, path: name)
        case (let left, let right):
            return NodeComparison.Divergence(
                path: name, offsetA: left?.range.lowerBound ?? a.range.upperBound - 1,
                offsetB: right?.range.lowerBound ?? b.range.upperBound - 1, kind: left == nil ? .added : .removed)
        }
    }

    // MARK: What decides from anywhere

    private func citations() -> Difference? { trait(.citations, .citations, from: .system) }
    private func images() -> Difference? { trait(.image, .image, from: .system) }

    /// Where it is on in one request only: the first block that has it.
    private func trait(_ trait: BlockTraits, _ kind: DifferenceKind, from part: PromptPart) -> Difference? {
        guard a.traits.contains(trait) != b.traits.contains(trait) else { return nil }
        let (has, lacks) = a.traits.contains(trait) ? (a, b) : (b, a)
        guard let block = has.blocks.first(where: { $0.part >= part && $0.traits.contains(trait) }) else { return nil }
        // Where the other has a block in the same place, and else where its prompt ends.
        let place =
            lacks.blocks.first { $0.path == block.path }?.node.range.lowerBound ?? lacks.text.root.range.upperBound - 1
        let own = block.node.range.lowerBound
        return Difference(
            part: Difference.Part(block.part), path: block.path, offsetA: has.bytes == a.bytes ? own : place,
            offsetB: has.bytes == a.bytes ? place : own, kind: kind, counts: true)
    }

    // MARK: Blocks

    private func inTools() -> Difference? {
        let (left, right) = (a.blocks.filter { $0.part == .tools }, b.blocks.filter { $0.part == .tools })
        guard let found = blocks(left, right, in: "tools", listA: a["tools"], listB: b["tools"]) else { return nil }
        let names = (left.map(name), right.map(name))
        guard names.0 != names.1 else { return make(.tools, found) }
        if names.0.sorted() == names.1.sorted() { return make(.tools, found, .orderOfTools) }
        let position = zip(names.0, names.1).prefix { $0 == $1 }.count
        guard position < left.count, position < right.count else { return make(.tools, found) }
        return make(.tools, found, names.0.contains(names.1[position]) ? .removed : .added)
    }

    private func name(_ tool: PromptBlock) -> String { tool.node["name"]?.string ?? tool.type }

    private func inSystem() -> Difference? {
        blocks(
            a.blocks.filter { $0.part == .system }, b.blocks.filter { $0.part == .system }, in: "system",
            listA: a["system"], listB: b["system"]
        ).map { make(.system, $0) }
    }

    private func inMessages() -> Difference? {
        let (left, right) = (Array(a["messages"].elements), Array(b["messages"].elements))
        let blocksA = Dictionary(grouping: a.blocks.filter { $0.message != nil }) { $0.message ?? 0 }
        let blocksB = Dictionary(grouping: b.blocks.filter { $0.message != nil }) { $0.message ?? 0 }
        for position in 0..<max(left.count, right.count) {
            let path = "messages.\(position)"
            guard position < left.count, position < right.count else {
                return make(
                    .messages,
                    NodeComparison.Divergence(
                        path: path, offsetA: Self.place(position, left, a["messages"], a),
                        offsetB: Self.place(position, right, b["messages"], b),
                        kind: position < left.count ? .removed : .added))
            }
            if let found = around(left[position], right[position], path) { return found }
            let found = blocks(
                blocksA[position] ?? [], blocksB[position] ?? [], in: "\(path).content",
                listA: left[position]["content"], listB: right[position]["content"])
            if let found { return make(.messages, found) }
        }
        return nil
    }

    private static func place(_ position: Int, _ list: [JSONNode], _ whole: JSONNode?, _ request: MessagesRequest)
        -> Int
    {
        if position < list.count { return list[position].range.lowerBound }
        return (whole?.range ?? request.text.root.range).upperBound - 1
    }

    /// The role, and whatever else a message has besides its content.
    private func around(_ one: JSONNode, _ other: JSONNode, _ path: String) -> Difference? {
        let (left, right) = (
            one.members.filter { !$0.hasKey("content") }, other.members.filter { !$0.hasKey("content") }
        )
        for position in 0..<max(left.count, right.count) {
            guard position < left.count, position < right.count,
                NodeComparison.equal(left[position].key, right[position].key)
            else {
                let isReordered = left.map(\.name).sorted() == right.map(\.name).sorted()
                let extra = position < left.count ? left[position] : right[position]
                return Difference(
                    part: .messages, path: NodeComparison.join(path, extra.name),
                    offsetA: position < left.count ? left[position].range.lowerBound : one.range.upperBound - 1,
                    offsetB: position < right.count ? right[position].range.lowerBound : other.range.upperBound - 1,
                    kind: isReordered ? .orderOfKeys : position < left.count ? .removed : .added, counts: true)
            }
            let place = NodeComparison.join(path, left[position].name)
            if let found = NodeComparison.first(left[position].value, right[position].value, path: place) {
                return make(.messages, found, left[position].hasKey("role") ? .role : nil)
            }
        }
        return nil
    }

    /// Two lists of blocks, either of which may be a string that stands for one.
    private func blocks(
        _ left: [PromptBlock], _ right: [PromptBlock], in path: String, listA: JSONNode?, listB: JSONNode?
    ) -> NodeComparison.Divergence? {
        for position in 0..<max(left.count, right.count) {
            guard position < left.count, position < right.count else {
                let isRemoved = position < left.count
                return NodeComparison.Divergence(
                    path: (isRemoved ? left : right)[position].path,
                    offsetA: isRemoved
                        ? left[position].node.range.lowerBound : (listA?.range ?? a.text.root.range).upperBound - 1,
                    offsetB: isRemoved
                        ? (listB?.range ?? b.text.root.range).upperBound - 1 : right[position].node.range.lowerBound,
                    kind: isRemoved ? .removed : .added)
            }
            if let found = block(left[position], right[position]) { return found }
        }
        return nil
    }

    private func block(_ one: PromptBlock, _ other: PromptBlock) -> NodeComparison.Divergence? {
        let markers: NodeComparison.Markers = one.type == "tool_result" ? .ownAndNested : .own
        guard one.node.kind != other.node.kind else {
            return NodeComparison.first(one.node, other.node, path: one.path, markers: markers)
        }
        // A string is short for one block of text.
        let (text, object) = one.node.kind == .string ? (one.node, other.node) : (other.node, one.node)
        let members = object.members.filter { !$0.hasKey("cache_control") }
        if members.count == 2, members[0].hasKey("type"), members[0].value.isString("text"), members[1].hasKey("text") {
            let inner = members[1].value
            let isFirst = one.node.kind == .string
            let path = NodeComparison.join((isFirst ? other : one).path, "text")
            return NodeComparison.first(isFirst ? text : inner, isFirst ? inner : text, path: path)
        }
        let isReordered = members.count == 2 && object["type"]?.isString("text") == true && object["text"] != nil
        return NodeComparison.Divergence(
            path: one.path, offsetA: one.node.range.lowerBound, offsetB: other.node.range.lowerBound,
            kind: isReordered ? .orderOfKeys : .value)
    }
}

extension Difference.Part {
    init(_ part: PromptPart) {
        switch part {
        case .tools: self = .tools
        case .system: self = .system
        case .messages: self = .messages
        }
    }
}

extension JSONNode? {
    /// Of an array; nothing where there is none.
    fileprivate var elements: [JSONNode] { self.map { Array($0.elements) } ?? [] }
}
