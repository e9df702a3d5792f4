extension LoopbackAddress {
    /// Where the dashboard of a configuration listens, without reading the rest of it: no key is needed.
    ///
    /// - Parameters:
    ///   - yaml: the text of the file.
    ///   - file: its path, for faults.
    /// - Returns: nil where it is off.
    /// - Throws: ``InvalidConfiguration`` if the text is no configuration, or its address is none.
    public static func dashboard(in yaml: String, file: String) throws(InvalidConfiguration) -> LoopbackAddress? {
        let log = FaultLog()
        let root = YAMLDocument.root(of: yaml, file: file, log: log)?
            .object(ConfigurationReader.sections, example: "dashboard: { listen: 127.0.0.1:8788 }")
        let address = root.flatMap { root in
            ConfigurationReader(file: file, environment: [:], log: log).dashboard(root["dashboard"])
        }
        guard log.faults.isEmpty else { throw InvalidConfiguration(faults: log.sorted(mainFile: file)) }
        return address
    }

    /// The base URL of what listens there.
    public var url: String { "http://\(urlHost):\(port)" }
}
