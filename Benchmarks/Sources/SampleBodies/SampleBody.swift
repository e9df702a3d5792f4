/// A body as an agent sends it: tools with schemas, a system prompt, and turns of prose, calls and source code, with the
/// escapes and the characters beyond ASCII that such texts have.
public enum SampleBody {
    /// A body of about this size, the same at every call; its last block and its system prompt are marked.
    ///
    /// - Parameters:
    ///   - date: what the system prompt begins with, if anything.
    ///   - lastTurn: what the user says last.
    public static func bytes(about size: Int, date: String = "", lastTurn: String = "And now?") -> [UInt8] {
        let head = head(date)
        var turns: [String] = []
        var length = head.utf8.count
        while length < size {
            let number = turns.count
            let turn =
                switch number % 4 {
                case 0: user(prose(number, paragraphs: 4))
                case 1: call(number)
                case 2: result(number, source(number, lines: 60))
                default: assistant(prose(number, paragraphs: 6))
                }
            turns.append(turn)
            length += turn.utf8.count + 1
        }
        turns.append(
            #"{"role":"user","content":[{"type":"text","text":"\#(lastTurn)","cache_control":{"type":"ephemeral"}}]}"#)
        return Array((head + turns.joined(separator: ",") + "]}").utf8)
    }

    private static func head(_ date: String) -> String {
        let tools = ["read_file", "write_file", "search", "run_command", "list_folder", "fetch_page"].map { name in
            #"{"name":"\#(name)","description":"\#(prose(name.count, paragraphs: 1))","input_schema":{"type":"object","#
                + #""properties":{"path":{"type":"string","description":"The path, relative to the root."},"#
                + #""limit":{"type":"integer","minimum":1,"maximum":2000,"default":200},"#
                + #""deep":{"type":"boolean","default":false}},"required":["path"],"additionalProperties":false}}"#
        }
        return
            #"{"model":"claude-sonnet-5-5","max_tokens":4096,"stream":true,"tools":[\#(tools.joined(separator: ","))],"#
            + #""system":[{"type":"text","text":"\#(date)\#(prose(1, paragraphs: 8))","#
            + #""cache_control":{"type":"ephemeral","ttl":"1h"}}],"messages":["#
    }

    private static func user(_ text: String) -> String { #"{"role":"user","content":"\#(text)"}"# }

    private static func assistant(_ text: String) -> String {
        #"{"role":"assistant","content":[{"type":"text","text":"\#(text)"}]}"#
    }

    private static func call(_ number: Int) -> String {
        #"{"role":"assistant","content":[{"type":"text","text":"I'll look."},{"type":"tool_use","id":"toolu_\#(number)","#
            + #""name":"read_file","input":{"path":"Sources/Part\#(number).swift","limit":200}}]}"#
    }

    private static func result(_ number: Int, _ text: String) -> String {
        #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_\#(number - 1)","content":"\#(text)"}]}"#
    }

    private static func prose(_ seed: Int, paragraphs: Int) -> String {
        let sentences = [
            "The café’s opening hours depend on the season, and so does the menu.",
            "A reader should be able to follow every step without asking anybody else for help.",
            #"She said \"not before Monday\" and left it at that, which surprised nobody in the room."#,
            "Costs are counted per token – input, output, and what the cache reads or writes – and added up by the hour.",
            "Where two rules disagree, the later one holds; where none applies, do what a careful person would do.",
            "Answer in the language of the question: English, Français, Español or 日本語.",
        ]
        return (0..<paragraphs).map { paragraph in
            (0..<6).map { sentences[(seed * 7 + paragraph * 5 + $0 * 11) % sentences.count] }.joined(separator: " ")
        }.joined(separator: #"\n\n"#)
    }

    private static func source(_ seed: Int, lines: Int) -> String {
        let code = [
            "    func value(at index: Int) -> Int? {", "        guard indices.contains(index) else { return nil }",
            #"        log.debug(\"reading\", metadata: [\"index\": \"\\(index)\"])"#, "        return storage[index]",
            "    }", "", "    /// How many there are; asks the disk, so do not call it in a loop.",
        ]
        return (0..<lines).map { "\($0 + 1)\\t" + code[(seed + $0) % code.count] }.joined(separator: #"\n"#)
    }
}
