import Mutations
import SteppedTime
import Testing
import WarmerService

@Suite("A configuration that nobody has thought of")
struct GeneratedConfigurationTests {
    @Test("is read, or refused with faults of one line each that never show a key")
    func anyText() async throws {
        let folder = try Folder(["support.json": Prompts.request()])
        var random = SeededRandom(seed: 5)
        let seeds = try corpus(of: "ConfigurationFuzz")
        var refused = 0
        for _ in 0..<600 {
            let bytes = random.mutated(random.pick(seeds), marks: "{}[]:,#-&*|>'\" \n\t")
            guard let yaml = String(validating: bytes, as: UTF8.self) else { continue }
            let faults = try await folder.faults(yaml)
            if !faults.isEmpty { refused += 1 }
            for fault in faults {
                #expect(fault.unicodeScalars.allSatisfy { $0.value >= 32 }, "\(fault)")
                #expect(yaml.contains("sk-ant-api03-secret") || !fault.contains("sk-ant-api03-secret"))
            }
        }
        #expect(refused > 200, "both kinds must be met, refused \(refused)")
    }

    @Test("with aliases of aliases is refused before it fills the memory")
    func aliasesOfAliases() async throws {
        let levels = (1...40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
        let faults = try await Folder().faults("a0: &a0 [x]\n\(levels)")
        #expect(
            faults == [
                "warmer.yaml:1:1: has more than 100000 values; write out its aliases, or keep prompts in files"
            ])
    }

    @Test("that quotes line ends is told in one line")
    func quotedLineEnds() async throws {
        let faults = try await Folder().faults(#""a\nb\e[31m""#)
        #expect(faults.count == 1 && faults.allSatisfy { !$0.contains("\n") && !$0.contains("\u{1B}") }, "\(faults)")
    }
}
