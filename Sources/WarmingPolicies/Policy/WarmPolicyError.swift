/// Why there is no such policy, and what to write instead.
public struct WarmPolicyError: Error, Hashable, Sendable {
    /// What kind of mistake it is.
    public enum Code: String, Hashable, Sendable {
        /// No policy has such a name or form.
        case unknown
        /// The policy exists, but not in this version.
        case unavailable
        /// The lifetime is missing, or is neither 5m nor 1h.
        case lifetime
        /// The interval or spacing is no duration, or out of range.
        case interval
        /// The number of pings is no number, or out of range.
        case number
    }

    /// What kind of mistake it is.
    public let code: Code
    /// What is wrong and what to do, in one line.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension WarmPolicyError: CustomStringConvertible {
    public var description: String { message }
}
