/// Why a text is not an amount of money.
public struct USDError: Error, Hashable, Sendable {
    /// What kind of mistake it is.
    public enum Code: String, Hashable, Sendable {
        case notANumber, negative, tooLarge, tooFine
    }

    /// What kind of mistake it is.
    public let code: Code
    /// The text as it was given.
    public let text: String

    init(_ code: Code, text: String) {
        self.code = code
        self.text = text
    }

    init(fault: DecimalText.Fault, text: String) {
        code =
            switch fault {
            case .notANumber: .notANumber
            case .negative: .negative
            case .tooFine: .tooFine
            case .tooLarge: .tooLarge
            }
        self.text = text
    }
}

extension USDError: CustomStringConvertible {
    public var description: String {
        switch code {
        case .notANumber: "'\(text)' is not an amount in US dollars: write a plain decimal such as 1.00"
        case .negative: "'\(text)' is below zero: an amount must be 0 or more"
        case .tooLarge: "'\(text)' is more than \(USD.largestInText) US dollars: check the decimal point"
        case .tooFine: "'\(text)' has more than 12 decimals: amounts are kept in units of 10^-12 US dollars"
        }
    }
}
