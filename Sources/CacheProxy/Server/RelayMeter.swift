public import NIOCore

/// Is told how long the relay itself takes: on the event loop, so it must be quick.
public struct RelayMeter: Sendable {
    public enum Leg: Sendable {
        /// From the head of a request to its going out: the wait for a connection and for the gate with it.
        case request
        /// From the head of its response to that going out.
        case response
    }

    let record: @Sendable (Leg, TimeAmount) -> Void

    public init(_ record: @escaping @Sendable (Leg, TimeAmount) -> Void) { self.record = record }
}
