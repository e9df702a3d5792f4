/// Collects what is wrong while a configuration is read, so that all of it can be told at once.
final class FaultLog {
    private(set) var faults: [ConfigurationFault] = []

    func add(_ fault: ConfigurationFault) {
        if !faults.contains(fault) { faults.append(fault) }
    }

    /// The faults of the main file by their place, then those of the files that it names.
    func sorted(mainFile: String) -> [ConfigurationFault] {
        faults.enumerated().sorted { a, b in
            let (isOtherA, isOtherB) = (a.element.file != mainFile, b.element.file != mainFile)
            if isOtherA != isOtherB { return isOtherB }
            if isOtherA { return a.offset < b.offset }
            return (a.element.line ?? 0, a.element.column ?? 0, a.offset)
                < (b.element.line ?? 0, b.element.column ?? 0, b.offset)
        }.map(\.element)
    }
}
