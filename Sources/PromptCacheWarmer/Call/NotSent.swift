/// Thrown by a ``WarmCall`` that knows that its request never left: nobody can have billed it.
public struct NotSent: Error, Sendable {
    /// For people; no credentials.
    public var reason: String

    public init(_ reason: String) { self.reason = reason }
}

extension NotSent: CustomStringConvertible {
    public var description: String { reason }
}
