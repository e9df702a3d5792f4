import Invariant
import OrderedJSON

/// Every member is looked at by every edit: more containers than this would only be slow.
private let mostContainers = 12

func checkEdits(_ text: JSONText) {
    always(text.splicing([]) == text.bytes, "nothing spliced changes nothing")
    var nodes: [JSONNode] = []
    collect(text.root, into: &nodes)
    let same = nodes.filter { $0.kind != .object && $0.kind != .array }
        .map { Splice($0.range, with: Array($0.bytes)) }
    always(text.splicing(same.reversed()) == text.bytes, "values put where they stood change nothing")
    for node in nodes.filter({ $0.kind == .object }).prefix(mostContainers) {
        checkRemovingMembers(node)
        checkSetting("max_tokens", in: node)
        if let key = node.members.first(where: { _ in true })?.name { checkSetting(key, in: node) }
    }
    for node in nodes.filter({ $0.kind == .array }).prefix(mostContainers) { checkRemovingElements(node) }
}

private func collect(_ node: JSONNode, into all: inout [JSONNode]) {
    all.append(node)
    for member in node.members { collect(member.value, into: &all) }
    for element in node.elements { collect(element, into: &all) }
}

/// The text that an edit within a node leaves, and the node in it: what stands in front of it stays.
private func scanAgain(_ node: JSONNode, _ splices: [Splice]) -> JSONNode {
    let bytes = node.text.splicing(splices)
    always(bytes.starts(with: node.text.bytes[...node.range.lowerBound]), "an edit changes nothing in front of it")
    var nodes: [JSONNode] = []
    collect(never("an edited text is JSON") { try JSONText(bytes).root }, into: &nodes)
    guard let found = nodes.first(where: { $0.range.lowerBound == node.range.lowerBound && $0.kind == node.kind })
    else {
        fatalError("an edit lost the value that it was in")
    }
    return found
}

private func checkRemovingMembers(_ object: JSONNode) {
    // By a byte of the key, so that the fuzzer chooses who goes.
    func goes(_ member: JSONMember) -> Bool { (member.key.decodedBytes.last ?? 0) % 2 == 1 }
    let stay = object.members.filter { !goes($0) }
    let after = Array(scanAgain(object, object.removingMembers(where: goes)).members)
    always(
        after.elementsEqual(stay) { $0.key.bytes == $1.key.bytes && $0.value.bytes == $1.value.bytes },
        "only the members that go are gone")
    always(scanAgain(object, object.removingMembers { _ in true }).isEmpty, "all members can go")
}

private func checkRemovingElements(_ array: JSONNode) {
    func goes(_ position: Int, _ element: JSONNode) -> Bool { (element.bytes.last ?? 0) % 2 == 1 }
    let stay = array.elements.enumerated().filter { !goes($0.offset, $0.element) }.map(\.element)
    let after = Array(scanAgain(array, array.removingElements(where: goes)).elements)
    always(after.elementsEqual(stay) { $0.bytes == $1.bytes }, "only the elements that go are gone")
    always(scanAgain(array, array.removingElements { _, _ in true }).isEmpty, "all elements can go")
}

private func checkSetting(_ key: String, in object: JSONNode) {
    let after = scanAgain(object, object.setting(key, to: "[0]"))
    always(after[key].map { Array($0.bytes) } == Array("[0]".utf8), "a member that is set has its value")
    let count = { (node: JSONNode) in Array(node.members).count }
    let isNew = !object.members.contains { $0.hasKey(key) }
    always(count(after) == count(object) + (isNew ? 1 : 0), "a member is set where it stands")
}
