import Foundation

/// The files that a configuration may name, always the same.
enum Folder {
    static let configuration = path + "warmer.yaml"

    private static let path: String = {
        let path = NSTemporaryDirectory() + "prompt-cache-warmer-fuzz/"
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for (name, text) in files { try text.write(toFile: path + name, atomically: true, encoding: .utf8) }
        } catch {
            fatalError("no folder for the run: \(error)")
        }
        return path
    }()

    /// Long enough to be cached.
    private static let text = String(repeating: "All that is gold. ", count: 250)

    private static let files = [
        "support.json": """
        {"model":"claude-sonnet-5-5","system":[{"type":"text","text":"\(text)","cache_control":{"type":"ephemeral"}}]}
        """,
        "prices.json": """
        {"models": {"house-model": {"input": 1, "write_5m": 1, "write_1h": 2, "read": "0.1", "output": 5}}}
        """,
        "broken.json": #"{"model":"claude-sonnet-5-5","system":5"#,
    ]
}
