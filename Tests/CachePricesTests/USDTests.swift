import CachePrices
import Foundation
import SteppedTime
import Testing

@Suite struct USDTests {
    @Test(arguments: [
        ("1.00", 1_000_000_000_000), ("0.50", 500_000_000_000), ("0", 0), ("0.0125", 12_500_000_000),
        ("0.000000000001", 1), ("5.0000000000000000", 5_000_000_000_000), ("1000000", 1_000_000_000_000_000_000),
        ("007.5", 7_500_000_000_000),
    ])
    func `plain decimals are read exactly`(text: String, picodollars: Int64) throws {
        #expect(try USD(text).picodollars == picodollars)
    }

    @Test(arguments: [
        ("", USDError.Code.notANumber), ("abc", .notANumber), ("1,000", .notANumber), ("1e3", .notANumber),
        (".5", .notANumber), ("5.", .notANumber), ("$1", .notANumber), (" 1", .notANumber), ("1.2.3", .notANumber),
        ("٣", .notANumber), ("NaN", .notANumber), ("-1", .negative), ("-0.01", .negative),
        ("0.0000000000001", .tooFine), ("1000000.01", .tooLarge), ("99999999999999999999", .tooLarge),
    ])
    func `anything else is an error that names the text`(text: String, code: USDError.Code) {
        let error = #expect(throws: USDError.self) { try USD(text) }
        #expect(error?.code == code)
        #expect(error?.description.hasPrefix("'\(text)'") == true)
    }

    @Test func `literals read as money`() {
        #expect(.usd("1.00") == USD(picodollars: 1_000_000_000_000))
    }

    @Test(arguments: [
        (12_500_000_000, "0.0125", "$0.0125"), (1_000_000_000_000, "1", "$1.00"), (0, "0", "$0.00"),
        (500_000_000_000, "0.5", "$0.50"), (12_345_678_900_000, "12.3456789", "$12.35"),
        (-500_000_000_000, "-0.5", "-$0.50"), (1, "0.000000000001", "$0.000000000001"),
        (1_234_567, "0.000001234567", "$0.00000123"), (999_999_999_999, "0.999999999999", "$1.00"),
        (19_990_000_000, "0.01999", "$0.02"),
    ])
    func `amounts print exactly for programs and shortly for people`(
        picodollars: Int64, decimal: String, short: String
    ) {
        let amount = USD(picodollars: picodollars)
        #expect(amount.decimal == decimal)
        #expect(amount.short == short)
    }

    @Test func `sums and products stop at the ends of the range`() {
        let least = USD(picodollars: .min)
        #expect(USD.largest + .usd("1") == .largest)
        #expect(least - .usd("1") == least)
        #expect(.usd("5") * Int.max == .largest)
        #expect(USD(picodollars: -5) * Int.max == least)
        #expect(USD.zero * Int.max == .zero)
        #expect(.usd("1") - .usd("3") == USD(picodollars: -2_000_000_000_000))
    }

    @Test func `ratios round up to the next picodollar`() {
        let half = PriceModifier.batch.ratio
        #expect(USD(picodollars: 7).scaled(by: half).picodollars == 4)
        #expect(USD(picodollars: 8).scaled(by: half).picodollars == 4)
        #expect(USD(picodollars: -7).scaled(by: half).picodollars == -3)
        #expect(USD.largest.scaled(by: PriceModifier.fast.ratio) == .largest)
        #expect(USD(picodollars: .min).scaled(by: PriceModifier.fast.ratio).picodollars == .min)
    }

    @Test func `JSON has a decimal string and gives the amount back`() throws {
        var random = SeededRandom(seed: 1)
        let drawn = (0..<1000).map { _ in Int64.random(in: .min ... .max, using: &random) }
        for picodollars in drawn + [0, 1, -1, .max, .min] {
            let amount = [USD(picodollars: picodollars)]
            let json = try JSONEncoder().encode(amount)
            #expect(try JSONDecoder().decode([USD].self, from: json) == amount)
        }
        #expect(String(decoding: try JSONEncoder().encode([USD.usd("0.0125")]), as: UTF8.self) == #"["0.0125"]"#)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([USD].self, from: Data(#"["1e3"]"#.utf8)) }
    }
}
