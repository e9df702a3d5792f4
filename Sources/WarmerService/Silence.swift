import Logging

extension Logger {
    /// For what has nothing to say.
    static var silent: Logger { Logger(label: "prompt-cache-warmer", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
