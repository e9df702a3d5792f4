import Foundation
import NIOCore
import NIOHTTP1
import PromptCache
import Testing

@testable import CacheProxy

/// A response is relayed as it is compressed, and read all the same.
@Suite("Compressed responses")
struct CompressedResponseTests {
    /// What the `content-encoding` is, an event that begins a message, and one that ends it, as compressors flush them.
    private static let streams: [(coding: String, start: String, end: String)] = [
        (
            "gzip",
            "H4sIAAAAAAACA1TKwQrCMBCE4Xueosw5h2hv+zJhaQYt2qQ0G0FK3l09FOxxvn/4YjYZFtaqN8ZquplLairDDnuvhOAU"
                + "4Y8N2bGUxOfv8uV24JzXZtHKg7lCRo9JpzvjRk3x3K4hBI/S7B8vvXfnPgAAAP//",
            "S0V1GNCakkRcDgNLAl0AoYEuKC7JLwDZV5yfB1SWmpcSX1JalKdUi+RINEvNQXYCAG8Ox20NAQAA"
        ),
        (
            "deflate",
            "eNpUysEKwjAQhOF7nqLMOYdob/syYWkGLdqkNBtBSt5dPRTscb5/+GI2GRbWqjfGarqZS2oqww57r4TgFOGPDdmxlMTn"
                + "7/LlduCc12bRyoO5QkaPSac740ZN8dyuIQSP0uwfL7135z4AAAD//w==",
            "S0V1GNCakkRcDgNLAl0AoYEuKC7JLwDZV5yfB1SWmpcSX1JalKdUi+RINEvNQXYCACheXs0="
        ),
        (
            "br",
            "C0wAYIzUY60xWQnSPI/gc2U3i0kAB1uptwD5xsbeeJSk6DOm84xnTG5jdNo9FQwjEoYBiZZFlodMLoZNCmg8OKIGcO0m"
                + "X8mFxsW7SI6z9xIS3/cVp1/Z+uOSAQ==",
            "MQcAwXlgx8hgmo6bV6/L3ODmlE5fitzQtcgX2RunnENMrRac+HTAgA5usrERaRRDfCiabKjew5kpN7N/7rqAee6RrsRk"
        ),
        (
            "zstd",
            "KLUv/QBYNAMAIsYUGYCpOtaImKwb2R/8SZboSFwrEEeDBKiWMAKlvPcAd6zmnBNAKY0gE4w0agTYtmxgR3fHKriaqmIP"
                + "Tkw1wZoW6yPxJgXmM5Uj+YY8yNasCvwywgEFADi5w0/p4nxr5osJDvUE",
            "3QEAhAJkZWx0YSIsIjp7InN0b3BfcmVhc29uIjoiZW5kX3R1cm4ifTd9fQoKBgB4dDDKmLEyDtRlAVROZ4I="
        ),
    ]

    @Test("are read as they pass, in pieces of any size", arguments: streams.indices, [1, 3, 50, 10_000])
    func events(_ index: Int, size: Int) throws {
        let stream = Self.streams[index]
        var reader = Self.reader(stream.coding, type: "text/event-stream; charset=utf-8")
        try Self.feed(stream.start + " " + stream.end, to: &reader, size: size)
        let response = reader.finish()
        #expect(response?.usage?.read == 2000 && response?.usage?.output == 7 && response?.stopReason == "end_turn")
    }

    @Test("that are cut off have said what had come by then", arguments: streams.indices)
    func cut(_ index: Int) throws {
        let stream = Self.streams[index]
        var reader = Self.reader(stream.coding, type: "text/event-stream")
        try Self.feed(stream.start, to: &reader, size: 50)
        let response = reader.finish()
        #expect(response?.usage?.read == 2000)
    }

    @Test(
        "that are broken say nothing, whatever comes behind",
        arguments: ["gzip", "deflate", "br", "zstd", "compress", "br, gzip"])
    func broken(_ coding: String) {
        for type in ["text/event-stream", "application/json"] {
            var reader = Self.reader(coding, type: type)
            for _ in 1...3 { reader.read(ByteBuffer(repeating: 0xA5, count: 100)) }
            let response = reader.finish()
            #expect(response == nil)
        }
    }

    @Test("of one message are read at their end")
    func whole() throws {
        // By Python's brotli: {"type":"message","usage":{"input_tokens":1,"cache_read_input_tokens":9,"output_tokens":1}}
        let body = "G1oAgJwHdoPzBVpYwujopg+1yF5OzHqrSx2Wvhb5mqOrk9OD4vm3a4sCTCygPMbGsyGR7G4wI1ESd0evsRyg6o80/HuG7jw="
        var reader = Self.reader("br", type: "application/json")
        try Self.feed(body, to: &reader, size: 5)
        let response = reader.finish()
        #expect(response?.usage?.read == 9)
    }

    @Test("of one message that becomes huge are let go")
    func bomb() throws {
        // By Python's brotli: 9,000,000 zeros.
        let bomb = "y///P/gnAOKxQCD3/q9+qBL/BEAcFgHoLyUA"
        var reader = Self.reader("br", type: "application/json")
        try Self.feed(bomb, to: &reader, size: 4096)
        let response = reader.finish()
        #expect(response == nil)
    }

    private static func reader(_ coding: String, type: String) -> ResponseReader {
        var reader = ResponseReader()
        reader.begin(
            HTTPResponseHead(
                version: .http1_1, status: .ok, headers: ["content-encoding": coding, "content-type": type]))
        return reader
    }

    /// - Parameter parts: Base64, with spaces between.
    private static func feed(_ parts: String, to reader: inout ResponseReader, size: Int) throws {
        let bytes = try parts.split(separator: " ").flatMap { Array(try #require(Data(base64Encoded: String($0)))) }
        for start in stride(from: 0, to: bytes.count, by: size) {
            reader.read(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
        }
    }
}
