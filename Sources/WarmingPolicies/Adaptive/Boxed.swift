/// A value that is kept apart from what has it, so that where there is none it takes the room of a word.
struct Boxed<Value: Hashable & Sendable>: Hashable, Sendable {
    private indirect enum Box: Hashable, Sendable { case of(Value) }
    private let box: Box

    init(_ value: Value) { box = .of(value) }

    var value: Value {
        switch box {
        case .of(let value): value
        }
    }
}
