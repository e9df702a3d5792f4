/// A library that decompresses, a step at a time.
protocol Decompressor: AnyObject {
    /// Decompresses some of the input into some of the output: until one is used up or a part ends.
    func step(_ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) -> DecompressionStep

    /// Begins another part behind one that has ended.
    func restart()
}

/// What a step has come to.
struct DecompressionStep {
    enum Outcome { case goesOn, partEnded, isBroken }

    var outcome: Outcome
    /// Bytes of the input that were used.
    var read: Int
    /// Bytes of the output that are filled.
    var written: Int
}
