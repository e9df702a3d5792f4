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
    /// The text as Python's brotli and zstandard compress it.
    private static let brotli: [UInt8] = [11, 3, 128, 123, 34, 97, 34, 58, 49, 125, 3]
    private static let zstandard: [UInt8] = [40, 181, 47, 253, 32, 7, 57, 0, 0, 123, 34, 97, 34, 58, 49, 125]
    private static let samples: [BodyCoding: [UInt8]] = [
        .gzip: gzip, .deflate: zlib, .brotli: brotli, .zstandard: zstandard,
    ]
    /// 100,000 times the letter a.
    private static let bombs: [BodyCoding: [UInt8]] = [
        .deflate: [120, 218, 237, 193, 49, 1, 0, 0, 0, 194, 160, 172, 235, 95, 194, 26, 30, 64, 1]
            + [UInt8](repeating: 0, count: 96) + [175, 6, 121, 102, 11, 77],
        .brotli: [91, 159, 134, 129, 95, 34, 44, 30, 11, 4, 178, 252, 2, 0],
        .zstandard: [
            40, 181, 47, 253, 160, 160, 134, 1, 0, 85, 0, 0, 16, 97, 97, 1, 0, 155, 134, 57, 192, 2,
        ],
    ]

    @Test(
        arguments: [
            (nil, nil), ("", nil), ("identity", nil), ("gzip", .gzip), ("GZIP", .gzip), ("x-gzip", .gzip),
            ("deflate", .deflate), ("br", .brotli), ("zstd", .zstandard),
        ] as [(String?, BodyCoding?)])
    func `a coding is known by its name`(header: String?, coding: BodyCoding?) throws {
        #expect(try BodyCoding.named(header) == coding)
    }

    @Test(arguments: ["compress", "dcb", "gzip, gzip"])
    func `what is not known is said to be so`(header: String) {
        #expect(throws: BodyCodingError.self) { try BodyCoding.named(header) }
    }

    @Test(arguments: samples) func `a body comes out as it went in`(coding: BodyCoding, bytes: [UInt8]) throws {
        #expect(try coding.decoded(bytes, limit: 7) == Self.text)
    }

    @Test(arguments: bombs) func `a small body cannot become a huge one`(coding: BodyCoding, bomb: [UInt8]) throws {
        #expect(try coding.decoded(bomb, limit: 100_000).count == 100_000)
        let error = #expect(throws: BodyCodingError.self) { try coding.decoded(bomb, limit: 99_999) }
        #expect(error?.isTooLarge == true)
    }

    @Test(arguments: [BodyCoding.gzip, .zstandard])
    func `parts behind each other are read as one`(coding: BodyCoding) throws {
        let part = try #require(Self.samples[coding])
        #expect(try coding.decoded(part + part + part, limit: 21) == Self.text + Self.text + Self.text)
        #expect(throws: BodyCodingError.self) { try coding.decoded(part + part.dropLast(), limit: 100) }
        #expect(throws: BodyCodingError.self) { try coding.decoded(part + [1, 2, 3, 4], limit: 100) }
        #expect(
            try #require(#expect(throws: BodyCodingError.self) { try coding.decoded(part + part, limit: 13) })
                .isTooLarge)
    }

    @Test func `a frame of zstd that asks for more memory than the web allows is refused`() throws {
        // A window of 16 MB.
        let frame: [UInt8] = [40, 181, 47, 253, 0, 14 << 3, 57, 0, 0] + Self.text
        #expect(throws: BodyCodingError.self) { try BodyCoding.zstandard.decoded(frame, limit: 100) }
        var allowed = frame
        allowed[5] = 13 << 3
        #expect(try BodyCoding.zstandard.decoded(allowed, limit: 100) == Self.text)
    }

    @Test(arguments: samples) func `pieces may be cut anywhere`(coding: BodyCoding, bytes: [UInt8]) throws {
        for cut in 0...bytes.count {
            let decoder = try BodyDecoder(coding)
            var out: [UInt8] = []
            for piece in [bytes[..<cut], bytes[cut...]] {
                decoder.take(Array(piece))
                while let more = try decoder.next() { out += more }
            }
            try decoder.finish()
            #expect(out == Self.text)
        }
    }

    @Test(arguments: samples)
    func `what is cut off or broken is refused and never crashes`(coding: BodyCoding, bytes: [UInt8]) {
        for count in 0..<bytes.count {
            #expect(throws: BodyCodingError.self) { try coding.decoded(Array(bytes.prefix(count)), limit: 100) }
        }
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            var broken = bytes
            broken[Int.random(in: 0..<broken.count, using: &random)] = .random(in: 0...255, using: &random)
            _ = try? coding.decoded(broken, limit: 100)
        }
    }
}
