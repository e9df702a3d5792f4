import Invariant
import OrderedJSON

func checkPlace(_ fault: JSONFault, in bytes: [UInt8]) {
    always((0...bytes.count).contains(fault.offset), "a fault stands in the text: \(fault)")
    let place = fault.lineAndColumn(in: bytes)
    always(place.line >= 1 && place.column >= 1, "places count from 1: \(place)")
}

func checkNodes(_ text: JSONText) {
    always(String(validating: text.bytes, as: UTF8.self) != nil, "a text is valid UTF-8")
    check(text.root, within: 0..<text.bytes.count)
}

private func check(_ node: JSONNode, within outer: Range<Int>) {
    always(outer.contains(node.range) && !node.range.isEmpty, "\(node.range) is part of \(outer)")
    var behind = node.range.lowerBound
    var isEmpty = true
    func pass(_ child: JSONNode) {
        check(child, within: node.range)
        always(child.range.lowerBound > behind, "children stand in order")
        behind = child.range.upperBound - 1
        isEmpty = false
    }
    switch node.kind {
    case .object:
        for member in node.members {
            pass(member.key)
            pass(member.value)
            checkLookup(member, in: node)
        }
    case .array: node.elements.forEach(pass)
    case .string: checkString(node)
    case .number, .true, .false, .null: checkWord(node)
    }
    always(node.isEmpty == isEmpty, "only what has no children is empty")
}

private func checkLookup(_ member: JSONMember, in object: JSONNode) {
    let name = member.name
    let last = Array(object.members).last { $0.key.decodedBytes.elementsEqual(name.utf8) }
    always(object[name]?.range == last?.value.range, "a key finds the last member that has it")
    always(member.hasKey(name) == member.key.decodedBytes.elementsEqual(name.utf8), "a member knows its key")
}

private func checkString(_ node: JSONNode) {
    let decoded = node.decodedBytes
    always(decoded.count <= node.bytes.count - 2, "no escape makes a string longer")
    guard let string = node.string else { fatalError("a string has no text") }
    always(string.utf8.count == decoded.count, "a lone surrogate becomes as many bytes")
    let again = never("a literal is JSON") { try JSONText(string.jsonLiteral) }
    always(again.root.string == string && again.root.isString(string), "a literal means what it was made from")
    var minified: [UInt8] = []
    node.withMinifiedBytes { minified = Array($0) }
    always(minified.count <= node.bytes.count, "minified is not longer")
    // Lone surrogates have no literal in UTF-8.
    guard let text = try? JSONText(minified) else {
        always(!decoded.elementsEqual(string.utf8), "a minified string is JSON")
        return
    }
    always(text.root.decodedBytes == decoded, "minified means the same")
    text.root.withMinifiedBytes { always($0.elementsEqual(minified), "minified is minified") }
}

private func checkWord(_ node: JSONNode) {
    always((node.boolean != nil) == (node.kind == .true || node.kind == .false), "true and false are truth values")
    if let integer = node.integer {
        always(node.kind == .number, "only numbers are integers")
        always(
            ["\(integer)", "-\(integer)"].contains(String(decoding: node.bytes, as: UTF8.self)), "integers are exact")
    }
}
