import Foundation
import Testing
import Upstreams
import WarmerService

@Suite("A key in a file")
struct KeyFileTests {
    private func yaml(_ key: String) -> String {
        Prompts.yaml(scope: Prompts.scope).replacing("{ env: ANTHROPIC_API_KEY }", with: key)
    }

    private func folder(_ text: String, mode: Int) throws -> Folder {
        let folder = try Folder(["support.json": Prompts.request(), "key": text])
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder.path)/key")
        return folder
    }

    @Test("is read where nobody else may read it")
    func works() async throws {
        let configuration = try await folder("sk-ant-api03-abc\n", mode: 0o600).read(yaml("{ file: key }"))
        #expect(configuration.upstreams["anthropic"]?.credential == .apiKey("sk-ant-api03-abc"))
    }

    @Test("is refused where others may read it, or where there is none; it is not shown")
    func refused() async throws {
        let place = "warmer.yaml:2:65: upstreams.anthropic.api_key.file:"
        #expect(
            try await folder("sk-ant-api03-abc", mode: 0o644).faults(yaml("{ file: key }")) == [
                "\(place) key: others may read it: chmod 600 it"
            ])
        #expect(
            try await folder("\n", mode: 0o600).faults(yaml("{ file: key }")) == [
                "\(place) key: is empty: write the key into it"
            ])
        #expect(
            try await folder("", mode: 0o600).faults(yaml("{ file: none }")) == [
                "\(place) none: there is no such file; paths count from the folder of this file"
            ])
        #expect(
            try await folder("a", mode: 0o600).faults(yaml("{ file: key, env: K }")) == [
                "warmer.yaml:2:70: upstreams.anthropic.api_key.env: stands beside file: remove one of both"
            ])
    }
}
