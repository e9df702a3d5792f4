public import CachePrices
public import Foundation

/// How much may be spent on pings. Zero means zero: nothing is sent.
public struct Budget: Sendable, Hashable {
    /// The most in a calendar day.
    public var perDay: USD
    /// The most that a single ping may cost at worst; nil for no limit but the day's.
    public var perPing: USD?
    /// Where a day begins and ends.
    public var timeZone: TimeZone

    /// - Parameters:
    ///   - perDay: the most in a calendar day.
    ///   - perPing: the most that a single ping may cost at worst.
    ///   - timeZone: where a day begins and ends.
    public init(perDay: USD, perPing: USD? = nil, timeZone: TimeZone = .gmt) {
        self.perDay = perDay
        self.perPing = perPing
        self.timeZone = timeZone
    }

    /// A budget for each calendar day in UTC.
    public static func perDay(_ amount: USD) -> Budget { Budget(perDay: amount) }

    /// What an embedded warmer may spend unless told otherwise: one dollar a day.
    public static let standard = Budget.perDay(.usd("1.00"))
}
