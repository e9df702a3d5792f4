extension USD {
    /// An amount written as a plain decimal in dollars, for example `1.00` or `0.0125`.
    ///
    /// - Throws: ``USDError`` for anything that is not a number, is below zero, above ``largestInText`` or finer than
    ///   10⁻¹² dollars.
    public init(_ text: some StringProtocol) throws(USDError) {
        let value: Int64
        do {
            value = try DecimalText.read(text, scale: 12)
        } catch {
            throw USDError(fault: error, text: String(text))
        }
        guard value <= Self.largestInText.picodollars else { throw USDError(.tooLarge, text: String(text)) }
        self.init(picodollars: value)
    }

    /// An amount written in the source code, for example `.usd("1.00")`.
    ///
    /// - Precondition: the literal is an amount as `init(_:)` takes it. It can only be a literal, so that a wrong one
    ///   stops the program the first time it runs; text from anywhere else goes through the throwing initialiser.
    public static func usd(_ literal: StaticString) -> USD {
        do {
            return try USD(literal.description)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// The exact amount as a plain decimal without trailing zeros, as JSON and CSV have it: `0.0125`, `5`, `-0.1`.
    public var decimal: String {
        let (dollars, rest) = picodollars.magnitude.quotientAndRemainder(dividingBy: Self.unit)
        let sign = picodollars < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(dollars)" }
        return "\(sign)\(dollars).\(Self.fraction(rest, atLeast: 1))"
    }

    /// The amount for people: `$0.0125`, `$12.35`, `-$0.50`.
    ///
    /// From a dollar upwards it is rounded to cents; below, to three significant digits. Half a unit rounds up.
    public var short: String {
        let magnitude = picodollars.magnitude
        var step: UInt64 = Self.unit / 100
        while step > 1, magnitude < step * 100 { step /= 10 }
        let rounded = (magnitude + step / 2) / step * step
        let (dollars, rest) = rounded.quotientAndRemainder(dividingBy: Self.unit)
        return "\(picodollars < 0 ? "-" : "")$\(dollars).\(Self.fraction(rest, atLeast: 2))"
    }

    private static let unit = UInt64(picodollarsPerDollar)

    /// The decimals of a part of a dollar, without trailing zeros beyond the first few.
    private static func fraction(_ picodollars: UInt64, atLeast digits: Int) -> String {
        var text = String(String(unit + picodollars).dropFirst())
        while text.count > digits, text.hasSuffix("0") { text.removeLast() }
        return text
    }
}

extension USD: CustomStringConvertible {
    /// The exact amount in dollars, as ``decimal``.
    public var description: String { decimal }
}

extension USD: Codable {
    /// Reads a decimal string. What was encoded comes back exactly, losses and saturated sums too.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let isNegative = text.hasPrefix("-")
        do {
            let value = try DecimalText.read(isNegative ? text.dropFirst() : text[...], scale: 12)
            self.init(picodollars: isNegative ? -value : value)
        } catch {
            if text == USD(picodollars: .min).decimal {
                self.init(picodollars: .min)
                return
            }
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: USDError(fault: error, text: text).description)
        }
    }

    /// Writes ``decimal``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(decimal)
    }
}
