/// Why a command ends without success: one line for people and a code for scripts.
struct Failure: Error {
    enum Code: Int32 {
        case failed = 1
        /// Wrong usage, or an invalid file.
        case usage = 2
        /// The thing asked about is not so.
        case notSo = 3
    }

    var code: Code
    var reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
