import OrderedJSON
import Testing

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

    private func fault(of document: [UInt8]) -> JSONFault? {
        do {
            _ = try JSONText(document)
            return nil
        } catch {
            return error
        }
    }
}
