/// `HOST:PORT`.
struct ListenAddress {
    var host: String
    var port: Int

    init(_ text: String) throws(Failure) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port), colon > text.startIndex
        else { throw Failure(.usage, "--listen \(text): write it like 127.0.0.1:8080, with port 0 for any") }
        host = String(text[..<colon])
        self.port = port
    }
}
