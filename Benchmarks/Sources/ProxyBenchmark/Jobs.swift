import Foundation
import NIOCore

/// What `proxy.py` asks for.
enum Jobs {
    /// At once, also into a pipe.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    /// A request with a marked prompt of so many bytes.
    private static func request(_ number: Int, bytes: Int) -> String {
        let text = String(repeating: "All work and no play. ", count: bytes / 22)
        return
            #"{"model":"claude-sonnet-5-5","max_tokens":64,"stream":true,"system":[{"type":"text","text":"\#(number) \#(text)","#
            + #""cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hello?"}]}"#
    }

    static func upstream(port: Int) async throws {
        say("listening on http://127.0.0.1:\(try await ConstantUpstream.start(port: port))")
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    static func firstEvent(_ url: Target, count: Int) async throws {
        var delays: [Duration] = []
        for number in 0..<count {
            let exchange = try await EventClient.ask(
                url, body: request(number, bytes: 60_000), headers: "x-events: 1\r\n")
            if let delay = try await exchange.heard.get().delay { delays.append(delay) }
            try await exchange.channel.close().get()
        }
        say("\(Int(delays.sorted()[delays.count / 2] / .microseconds(1)))")
    }

    static func streams(_ url: Target, count: Int) async throws {
        var exchanges: [EventClient.Exchange] = []
        for number in 0..<count {
            exchanges.append(
                try await EventClient.ask(url, body: request(number, bytes: 10_000), headers: "x-events: 60\r\n"))
        }
        for exchange in exchanges { try await exchange.began.get() }
        say("all have begun")
        for exchange in exchanges { _ = try await exchange.heard.get() }
        say("all have ended")
    }

    static func cold(_ url: Target, count: Int) async throws {
        let body = request(Int.random(in: 0..<1_000_000), bytes: 60_000)
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<count {
                group.addTask { try await EventClient.ask(url, body: body, headers: "").heard.get().text }
            }
            var texts: [String] = []
            for try await text in group { texts.append(text) }
            return texts
        }
        let writes = texts.count { !$0.contains(#""cache_creation_input_tokens":0"#) }
        say("\(writes) \(texts.count - writes)")
    }
}
