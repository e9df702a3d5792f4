import Testing

@testable import OrderedJSON

@Suite struct ScannerAgreementTests {
    @Test func `generated documents are read as a naive parser reads them`() throws {
        var generator = DocumentGenerator(seed: 1)
        for _ in 0..<3000 {
            let document = generator.document()
            let naive = try #require(NaiveJSON(document), "the generator makes JSON only")
            let text = try JSONText(document)
            #expect(NaiveJSON(text.root) == naive, "\(String(decoding: document, as: UTF8.self))")
            #expect(text.bytes == document)
        }
    }

    @Test func `broken documents are refused exactly where a naive parser refuses them`() {
        var generator = DocumentGenerator(seed: 2)
        var accepted = 0
        for _ in 0..<20_000 {
            let document = generator.mutated(generator.document())
            let naive = NaiveJSON(document)
            let read = (try? JSONText(document)).map { NaiveJSON($0.root) }
            #expect(read == naive, "\(document) \(String(decoding: document, as: UTF8.self))")
            if read != nil { accepted += 1 }
        }
        #expect(accepted > 2000 && accepted < 18_000, "both kinds must be met, accepted \(accepted)")
    }

    @Test func `a text that goes on from another is read as if it were read from its beginning`() {
        var generator = DocumentGenerator(seed: 4)
        var (accepted, resumed) = (0, 0)
        for _ in 0..<20_000 {
            let earlier = generator.document()
            guard let text = try? JSONText(earlier) else { continue }
            let document = generator.mutated(earlier)
            let shared = text.sharedBytes(with: document)
            #expect(document.prefix(shared) == earlier.prefix(shared))
            #expect(shared == min(document.count, earlier.count) || document[shared] != earlier[shared])
            let known = Int.random(in: 0...shared, using: &generator.random)
            let found = fault { () throws(JSONFault) in try JSONText(document, after: text, sharing: known) }
            #expect(found == fault(of: document))
            guard let fresh = try? JSONText(document),
                let read = try? JSONText(document, after: text, sharing: known)
            else { continue }
            #expect(
                read.storage.tokens == fresh.storage.tokens,
                "\(String(decoding: earlier, as: UTF8.self)) \(String(decoding: document, as: UTF8.self)) \(known)")
            accepted += 1
            if known > 20 { resumed += 1 }
        }
        #expect(accepted > 2000 && resumed > 200, "\(accepted) \(resumed)")
    }

    @Test func `the bytes before a fault can always be continued`() {
        // The offset is right if what stands before it is no fault yet: cut there, the text merely ends too early.
        var generator = DocumentGenerator(seed: 3)
        for _ in 0..<10_000 {
            let document = generator.mutated(generator.document())
            guard let fault = fault(of: document) else { continue }
            #expect((0...document.count).contains(fault.offset))
            let before = Array(document.prefix(fault.offset))
            guard let earlier = self.fault(of: before) else { continue }
            #expect(earlier.offset == before.count, "\(fault) \(String(decoding: document, as: UTF8.self))")
        }
    }

    private func fault(of document: [UInt8]) -> JSONFault? { fault { () throws(JSONFault) in try JSONText(document) } }

    private func fault(_ read: () throws(JSONFault) -> JSONText) -> JSONFault? {
        do {
            _ = try read()
            return nil
        } catch {
            return error
        }
    }
}
