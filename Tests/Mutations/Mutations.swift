import Foundation
public import SteppedTime

extension SeededRandom {
    /// A text with one to three bytes changed, lost, doubled or put in.
    ///
    /// - Parameter marks: bytes that mean something where the text is read.
    public mutating func mutated(_ text: [UInt8], marks: String) -> [UInt8] {
        var out = text
        for _ in 0..<Int.random(in: 1...3, using: &self) where !out.isEmpty {
            let at = Int.random(in: 0..<out.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: out[at] = UInt8.random(in: .min ... .max, using: &self)
            case 1: out[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: out.remove(at: at)
            case 3: out.insert(pick(Array(marks.utf8)), at: at)
            case 4: out.removeSubrange(at...)
            default: out.insert(contentsOf: out[at..<min(at + 4, out.count)], at: at)
            }
        }
        return out
    }
}

/// What the fuzzer has found worth keeping for one of its targets, in a fixed order.
public func corpus(of target: String) throws -> [[UInt8]] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fuzz/Corpus/\(target)")
    return try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        .sorted { $0.lastPathComponent < $1.lastPathComponent }.map { Array(try Data(contentsOf: $0)) }
}
