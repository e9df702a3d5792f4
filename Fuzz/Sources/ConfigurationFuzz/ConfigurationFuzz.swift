import Dispatch
import Invariant
import PromptCacheWarmer
import WarmerService

/// Any text is a configuration, or faults that each tell where it is wrong.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // Only a file can be anything but UTF-8, and is refused for it before anything reads on.
    guard let yaml = String(validating: bytes, as: UTF8.self) else { return 0 }
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
        await check(yaml)
        isDone.signal()
    }
    isDone.wait()
    return 0
}

private let key = "sk-ant-api03-secret"

private func check(_ yaml: String) async {
    do throws(InvalidConfiguration) {
        let configuration = try await WarmerConfiguration.read(
            yaml, file: Folder.configuration, environment: ["ANTHROPIC_API_KEY": key])
        always(!configuration.upstreams.isEmpty && !configuration.scopes.isEmpty, "there is something to do")
        for scope in configuration.scopes {
            always(configuration.upstreams[scope.upstream] != nil, "a scope's upstream is one of those")
        }
    } catch {
        always(!error.faults.isEmpty, "what is refused is so for a reason")
        // As YAML 1.1 counts them.
        let lines = yaml.unicodeScalars.count { ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0) } + 1
        for fault in error.faults { check(fault, lines: lines, isKeyInText: yaml.contains(key)) }
    }
}

private func check(_ fault: ConfigurationFault, lines: Int, isKeyInText: Bool) {
    always(!fault.message.isEmpty, "a fault says what is wrong")
    always(fault.description.unicodeScalars.allSatisfy { $0.value >= 32 }, "a fault is one line: \(fault)")
    always(isKeyInText || !fault.description.contains(key), "a key is never shown")
    guard fault.file == Folder.configuration else { return }
    if let line = fault.line, let column = fault.column {
        always(line >= 1 && line <= lines + 1 && column >= 1, "a fault stands in the text: \(fault)")
    } else {
        let isWhole = fault.message.hasPrefix("is empty") || fault.message.hasPrefix("not valid YAML")
        always(isWhole, "a fault has its line and column: \(fault)")
    }
}
