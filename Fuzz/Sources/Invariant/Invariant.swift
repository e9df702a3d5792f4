/// Stops the run where something that always holds does not. A `precondition` would keep its message to itself in a
/// release build.
public func always(_ condition: Bool, _ sentence: @autoclosure () -> String) {
    if !condition { fatalError("not so: \(sentence())") }
}

/// The value of an expression that must not throw.
public func never<Value, Failure: Error>(
    _ fails: String, _ body: () throws(Failure) -> Value
) -> Value {
    do {
        return try body()
    } catch {
        fatalError("\(fails): \(error)")
    }
}
