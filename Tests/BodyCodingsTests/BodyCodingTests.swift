import BodyCodings
import SteppedTime
import Testing

@Suite struct BodyCodingTests {
    private static let text = Array(#"{"a":1}"#.utf8)
    /// The text as Python's gzip and zlib compress it.
    private static let gzip: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 84, 178, 50, 172, 5, 0, 175, 172, 27, 86, 7, 0, 0, 0,
    ]
    private static let zlib: [UInt8] = [120, 156, 171, 86, 74, 84, 178, 50, 172, 5, 0, 8, 42, 2, 9]
    /// 100,000 times the letter a.
    private static let bomb: [UInt8] =
        [120, 218, 237, 193, 49, 1, 0, 0, 0, 194, 160, 172, 235, 95, 194, 26, 30, 64, 1]
        + [UInt8](repeating: 0, count: 96) + [175, 6, 121, 102, 11, 77]

    @Test(
        arguments: [
            (nil, nil), ("", nil), ("identity", nil), ("gzip", .gzip), ("GZIP", .gzip), ("x-gzip", .gzip),
            ("deflate", .deflate),
        ] as [(String?, BodyCoding?)])
    func `a coding is known by its name`(header: String?, coding: BodyCoding?) throws {
        #expect(try BodyCoding.named(header) == coding)
    }

    @Test(arguments: ["br", "zstd", "gzip, gzip"])
    func `what is not known is said to be so`(header: String) {
        #expect(throws: BodyCodingError.self) { try BodyCoding.named(header) }
    }

    @Test func `a body comes out as it went in`() throws {
        #expect(try BodyCoding.gzip.decoded(Self.gzip, limit: 100) == Self.text)
        #expect(try BodyCoding.deflate.decoded(Self.zlib, limit: 100) == Self.text)
        #expect(try BodyCoding.deflate.decoded(Self.bomb, limit: 100_000).count == 100_000)
    }

    @Test func `a small body cannot become a huge one`() {
        let error = #expect(throws: BodyCodingError.self) { try BodyCoding.deflate.decoded(Self.bomb, limit: 99_999) }
        #expect(error?.isTooLarge == true)
    }

    @Test func `what is cut off or broken is refused and never crashes`() {
        for count in 0..<Self.gzip.count - 1 {
            #expect(throws: BodyCodingError.self) {
                try BodyCoding.gzip.decoded(Array(Self.gzip.prefix(count)), limit: 100)
            }
        }
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            var broken = Self.gzip
            broken[Int.random(in: 0..<broken.count, using: &random)] = .random(in: 0...255, using: &random)
            _ = try? BodyCoding.gzip.decoded(broken, limit: 100)
        }
    }
}
