/// The tokens of one request as the provider counted them.
public struct Usage: Hashable, Sendable, Codable {
    /// Tokens behind the last breakpoint, neither read from the cache nor written to it.
    public var input: Int
    /// Tokens written to the cache for 5 minutes.
    public var write5m: Int
    /// Tokens written to the cache for an hour.
    public var write1h: Int
    /// Tokens read from the cache.
    public var read: Int
    /// Tokens that the model produced.
    public var output: Int

    /// All counts are at least 0; whatever is left out is 0.
    public init(input: Int = 0, write5m: Int = 0, write1h: Int = 0, read: Int = 0, output: Int = 0) {
        self.input = input
        self.write5m = write5m
        self.write1h = write1h
        self.read = read
        self.output = output
    }

    enum CodingKeys: String, CodingKey {
        case input, read, output
        case write5m = "write_5m"
        case write1h = "write_1h"
    }

    /// Tokens written to the cache, whatever their lifetime.
    public var written: Int { write5m + write1h }

    /// The tokens of the whole request.
    public var totalInput: Int { input + written + read }

    /// The tokens that the cache holds after this request.
    public var cached: Int { written + read }

    public static func + (a: Usage, b: Usage) -> Usage {
        Usage(
            input: a.input + b.input, write5m: a.write5m + b.write5m, write1h: a.write1h + b.write1h,
            read: a.read + b.read, output: a.output + b.output)
    }

    public static func += (a: inout Usage, b: Usage) { a = a + b }
}
